"""When the assets are made: the nightly job and its schedule."""

from __future__ import annotations

import dagster as dg

nightly = dg.define_asset_job(
    name="nightly",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="Takes in the inbox, builds the candidate, checks it and puts it live.",
)

# 02:00-03:00 does not exist once a year and exists twice once a year.
nightly_schedule = dg.ScheduleDefinition(
    name="nightly",
    job=nightly,
    cron_schedule="30 3 * * *",
    execution_timezone="Europe/Amsterdam",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
