"""Every night at half past three; a night without news is skipped, and stays fresh."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import dagster as dg

from pipelines import reference
from pipelines.assets.guard import no_values_in_errors
from pipelines.automation.endings import tell_of_quiet_night
from pipelines.automation.freshness import stay_fresh
from pipelines.automation.jobs import nightly
from pipelines.errors import TransientError
from pipelines.home import Home
from pipelines.operations.quiet import record_quiet
from pipelines.pseudonyms import load_pseudonyms
from pipelines.publication.standing import Standing, find_standing
from pipelines.run_lock import find_holder

TIME_ZONE = "Europe/Amsterdam"


# 02:00-03:00 does not exist once a year and exists twice once a year.
@dg.schedule(
    name="nightly",
    job=nightly,
    cron_schedule="30 3 * * *",
    execution_timezone=TIME_ZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly_schedule(
    context: dg.ScheduleEvaluationContext, place: dg.ResourceParam[Home]
) -> dg.RunRequest | dg.SkipReason:
    """Start a run, or say why there is nothing to do; a run that finds another one at work waits for it."""
    try:
        with no_values_in_errors():
            standing = None if find_holder(place) else _standing(place)
    except (dg.Failure, TransientError):
        # The run stumbles over the same, is recorded and told of; a tick that fails is seen by nobody.
        standing = None
    if standing is None:
        return dg.RunRequest()
    stay_fresh(context.instance, standing.reason)
    record_quiet(place, standing.reason)
    with no_values_in_errors():
        tell_of_quiet_night(context.instance, place, datetime.now(UTC))
    return dg.SkipReason(standing.reason)


def _standing(place: Home) -> Standing | None:
    reference.load(place, load_pseudonyms(place.pseudonym_key, os.environ))
    return find_standing(place)
