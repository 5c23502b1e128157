"""After each run of the daemon: whoever operates is told, if there is something to tell (``alerts``)."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg
from dagster import DagsterInstance

from pipelines import alerts
from pipelines.assets.guard import no_values_in_errors
from pipelines.automation.freshness import overdue_assets
from pipelines.automation.jobs import nightly
from pipelines.errors import ConfigurationError, RunFailedError
from pipelines.home import Home

_LOST = "its process ended before the run was done."


@dg.run_failure_sensor(
    name="run_failed",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells whoever JEUGDSPIEGEL_ALERT_URLS names that a run failed, killed ones included.",
)
def run_failed(context: dg.RunFailureSensorContext, place: dg.ResourceParam[Home]) -> None:
    """At most one message a night."""
    with no_values_in_errors():
        ending = alerts.Ending(
            context.dagster_run.run_id, "failed", _ended_at(context), reason_of_failure(context.failure_event)
        )
        alerts.tell(place, ending, overdue_assets(context.instance, place))


@dg.run_status_sensor(
    name="run_succeeded",
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[nightly],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells of warnings after a night, and that failures are over.",
)
def run_succeeded(context: dg.RunStatusSensorContext, place: dg.ResourceParam[Home]) -> None:
    """At most one message a night."""
    with no_values_in_errors():
        ending = alerts.Ending(context.dagster_run.run_id, "published", _ended_at(context))
        alerts.tell(place, ending, overdue_assets(context.instance, place))


def tell_of_success(instance: DagsterInstance, place: Home, run_id: str) -> None:
    """The same at once, for a run of the command line: there may be no daemon."""
    alerts.tell(place, alerts.Ending(run_id, "published", datetime.now(UTC)), overdue_assets(instance, place))


def tell_of_quiet_night(instance: DagsterInstance, place: Home, now: datetime) -> None:
    """The same for a night that had nothing to do, and so has no run."""
    ending = alerts.Ending(f"unchanged-{now:%Y%m%dT%H%M%S}", "unchanged", now)
    alerts.tell(place, ending, overdue_assets(instance, place))


def reason_of_failure(event: dg.DagsterEvent) -> str:
    """Why a run failed: our own sentences, and of any other error only its kind.

    Dagster keeps the text of every error, and a library's may hold values.
    """
    if event.event_specific_data is None:
        # Dagster was told of the failure from outside: nobody was left to say more.
        return _LOST
    data = event.job_failure_data
    first = data.first_step_failure_event
    if first is not None:
        return f"step '{first.step_key}': {_reason_of_step(first)}"
    error = data.error
    while error is not None:
        name = (error.cls_name or "").rsplit(".", 1)[-1]
        if name in _OUR_ERRORS:
            return " ".join(error.message.split(": ", 1)[-1].split())
        error = error.cause
    return _LOST


def _reason_of_step(event: dg.DagsterEvent) -> str:
    data = event.step_failure_data
    if data.user_failure_data is not None and data.user_failure_data.description:
        return data.user_failure_data.description
    if data.error is None:
        return _LOST
    if data.error.cls_name == "DagsterAssetCheckFailedError":
        # Names of assets and checks, written by Dagster.
        return "; ".join(line.strip() for line in data.error.message.splitlines()[1:] if line.strip())
    error = data.error
    while error.cause is not None:
        error = error.cause
    return f"{error.cls_name}."


def _ended_at(context: dg.RunStatusSensorContext) -> datetime:
    """When the run ended: a daemon that was down hears of it late."""
    record = context.instance.get_run_record_by_id(context.dagster_run.run_id)
    return datetime.fromtimestamp(record.end_time, UTC) if record and record.end_time else datetime.now(UTC)


def _names_of(error: type[Exception]) -> set[str]:
    return {error.__name__}.union(*(_names_of(below) for below in error.__subclasses__()))


_OUR_ERRORS = _names_of(ConfigurationError) | _names_of(RunFailedError)
