"""After months of the lake were taken in again: what comes after them is built, once."""

from __future__ import annotations

from collections.abc import Collection

import dagster as dg

from pipelines.automation.freshness import PUBLICATION
from pipelines.automation.jobs import nightly

_BACKFILL = "dagster/backfill"
_MONTHS = frozenset({"dagster/partition", "dagster/asset_partition_range_start"})


@dg.run_status_sensor(
    name="months_taken_in",
    run_status=dg.DagsterRunStatus.SUCCESS,
    request_job=nightly,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Builds and publishes after months of the lake were read again, unless that run does so itself.",
)
def months_taken_in(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
    """One run for each range of months."""
    run = context.dagster_run
    if not _MONTHS & run.tags.keys():
        return dg.SkipReason("The run was not about months.")
    if PUBLICATION in _targets(context.instance, run):
        return dg.SkipReason("The publication is made along with the months.")
    return dg.RunRequest(run_key=run.run_id)


def _targets(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Collection[dg.AssetKey]:
    """What the run makes, and what the backfill that it belongs to makes in other runs; everything for a whole job."""
    if run.asset_selection is None and run.job_name == nightly.name:
        return {PUBLICATION}
    backfill = instance.get_backfill(run.tags[_BACKFILL]) if _BACKFILL in run.tags else None
    return {*(run.asset_selection or ()), *(backfill.asset_selection or () if backfill else ())}
