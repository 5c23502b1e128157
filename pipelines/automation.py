"""When the assets are made: the nightly job and its schedule."""

from __future__ import annotations

import os

import dagster as dg

from pipelines import reference
from pipelines.assets.guard import no_values_in_errors
from pipelines.home import Home
from pipelines.pseudonyms import load_pseudonyms
from pipelines.publication.standing import find_standing

nightly = dg.define_asset_job(
    name="nightly",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="Takes in the inbox, builds the candidate, checks it and puts it live.",
)


# 02:00-03:00 does not exist once a year and exists twice once a year.
@dg.schedule(
    name="nightly",
    job=nightly,
    cron_schedule="30 3 * * *",
    execution_timezone="Europe/Amsterdam",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly_schedule(home: dg.ResourceParam[Home]) -> dg.RunRequest | dg.SkipReason:
    """Every night; a night in which nothing is new is skipped, and says so."""
    with no_values_in_errors():
        reference.load(home, load_pseudonyms(home.pseudonym_key, os.environ))
        standing = find_standing(home)
    return dg.SkipReason(standing.reason) if standing else dg.RunRequest()
