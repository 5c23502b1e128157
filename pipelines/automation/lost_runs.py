"""Runs whose process is gone, but which Dagster still takes to be at work: they would keep the only slot forever.

A process that was killed from outside, or went down with its machine, cannot say that its run has ended. Every run
holds the lock of the home folder from its first step to its last, so a run that began a while ago while nobody holds
the lock has lost its process.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import dagster as dg

from pipelines.assets.guard import no_values_in_errors
from pipelines.home import Home
from pipelines.run_lock import find_holder

FOREGROUND = "jeugdspiegel/foreground"
"""Tag of runs of the command line, which take the lock before they begin."""

# Loading the code location comes before the lock.
_BEGINNING = timedelta(minutes=5)
_AT_WORK = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


@dg.sensor(
    name="lost_runs",
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Marks as failed the runs whose process was killed, so that the next one can begin.",
)
def lost_runs(context: dg.SensorEvaluationContext, place: dg.ResourceParam[Home]) -> dg.SkipReason:
    """Say how many there were."""
    with no_values_in_errors():
        if find_holder(place) is not None:
            return dg.SkipReason("A run is at work.")
        lost = bury_lost_runs(context.instance, datetime.now(UTC))
    return dg.SkipReason(f"{len(lost)} runs had lost their process." if lost else "No run is lost.")


def bury_lost_runs(instance: dg.DagsterInstance, now: datetime) -> list[str]:
    """Mark as failed what began a while ago; call it while nobody holds the lock.

    Returns:
        Their ids.
    """
    at_work = instance.get_run_records(dg.RunsFilter(statuses=_AT_WORK))
    return _bury(instance, [record for record in at_work if _began(record) < now - _BEGINNING])


def bury_lost_commands(instance: dg.DagsterInstance) -> list[str]:
    """Mark as failed the command line's own lost runs; call it with the lock held, before beginning a run.

    Returns:
        Their ids.
    """
    ours = dg.RunsFilter(statuses=_AT_WORK, tags={FOREGROUND: "true"})
    return _bury(instance, instance.get_run_records(ours))


def _began(record: dg.RunRecord) -> datetime:
    if record.start_time is None:
        return record.create_timestamp
    return datetime.fromtimestamp(record.start_time, UTC)


def _bury(instance: dg.DagsterInstance, records: Collection[dg.RunRecord]) -> list[str]:
    for record in records:
        instance.report_run_failed(record.dagster_run, "The run's process ended before the run was done.")
    return [record.dagster_run.run_id for record in records]
