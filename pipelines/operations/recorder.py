"""Follows every run, whoever started it: run log, metrics and structured events come from here.

The recorder is the resource ``progress`` of the code location, so that a run of the schedule, of the command line
and of a person in the UI leave the same traces. Belongs here: what happens at the begin and the end of a run. Does not
belong here: the files' formats (``run_log``, ``metrics``).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import dagster as dg

from pipelines.home import Home
from pipelines.ingestion import IngestProgress, IngestReport
from pipelines.operations import metrics, run_log
from pipelines.operations.events import listener_from
from pipelines.operations.history import prune
from pipelines.operations.run_log import Outcome, RunRecord
from pipelines.publication import Published
from pipelines.resources import Progress, RunEnded
from pipelines.settings import load_settings
from pipelines.transformation import NodeFinished

_STEP_EVENTS = {
    dg.DagsterEventType.STEP_START,
    dg.DagsterEventType.STEP_SUCCESS,
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
}


class Recorder(Progress):
    """Measures what a listener is told, and passes it on."""

    def __init__(self, listener: Progress) -> None:
        self._listener = listener
        self._began = time.monotonic()
        self._ingested_after: float | None = None
        self._built_after: float | None = None
        self._published_after: float | None = None
        self._report = IngestReport()
        self._publication: str | None = None
        self.nodes: dict[str, float] = {}
        self.checks_told: set[str] = set()

    def on_started(self, run_id: str) -> None:
        """Pass on."""
        self._listener.on_started(run_id)

    def on_ingesting(self, progress: IngestProgress) -> None:
        """Pass on."""
        self._listener.on_ingesting(progress)

    def on_ingested(self, report: IngestReport) -> None:
        """Remember the counts."""
        self._ingested_after = self._seconds()
        self._report = report
        self._listener.on_ingested(report)

    def on_node(self, node: NodeFinished) -> None:
        """Remember how long it took."""
        self._built_after = self._seconds()
        if node.unique_id.startswith("test."):
            self.checks_told.add(node.name)
        else:
            self.nodes[node.name] = node.seconds
        self._listener.on_node(node)

    def on_published(self, published: Published) -> None:
        """Remember what is live."""
        self._published_after = self._seconds()
        self._publication = published.name
        self._listener.on_published(published)

    def on_step(self, step: str, seconds: float) -> None:
        """Pass on."""
        self._listener.on_step(step, seconds)

    def on_check_failed(self, check: str, severity: str) -> None:
        """Pass on."""
        self._listener.on_check_failed(check, severity)

    def on_ended(self, ended: RunEnded) -> None:
        """Pass on."""
        self._listener.on_ended(ended)

    @property
    def is_published(self) -> bool:
        """Whether a warehouse went live."""
        return self._published_after is not None

    def finished(self, begun: RunRecord) -> RunRecord:
        """The run's record, with what was measured."""
        ingested, built, published = self._ingested_after, self._built_after, self._published_after
        return replace(
            begun,
            ended_at=run_log.now(),
            seconds_total=round(self._seconds(), 3),
            seconds_reading=_rounded(ingested),
            seconds_building=_between(ingested or 0.0, built),
            seconds_publishing=_between(built, published),
            files_new=self._report.files_new,
            deliveries_taken=self._report.deliveries_taken,
            deliveries_refused=self._report.deliveries_refused,
            rows_read=self._report.rows_read,
            rows_accepted=self._report.rows_accepted,
            rows_quarantined=self._report.rows_quarantined,
            publication=self._publication,
        )

    def _seconds(self) -> float:
        return time.monotonic() - self._began


@dataclass(frozen=True)
class _Steps:
    """What Dagster's events say of a run's steps; ``failed`` is (step, kind of error)."""

    seconds: dict[str, float]
    failed: tuple[str, str] | None
    failed_checks: list[tuple[str, str]]


def recorded(listener: Progress | None) -> dg.ResourceDefinition:
    """The resource ``progress``: a recorder around a listener; without one, around what ``[logging]`` asks for."""

    @dg.resource(required_resource_keys={"home"})
    @contextmanager
    def recorder(context: dg.InitResourceContext) -> Iterator[Recorder]:
        home: Home = context.resources.home
        run = Recorder(listener or listener_from(load_settings(home.settings_file)))
        if context.run is None or context.instance is None:
            yield run
            return
        begun = RunRecord(run_id=context.run.run_id, started_at=run_log.now(), outcome="running")
        with run_log.running(home, begun.run_id):
            run_log.write(home, begun)
            run.on_started(begun.run_id)
            try:
                yield run
            finally:
                _end(home, context.instance, run, begun)

    return recorder


def _end(home: Home, instance: dg.DagsterInstance, run: Recorder, begun: RunRecord) -> None:
    keep_days = load_settings(home.settings_file).storage.keep_runs_days
    steps = _steps(instance, begun.run_id)
    failed_step, error = steps.failed or (None, None)
    outcome: Outcome = "failed" if error else "published" if run.is_published else "done"
    record = replace(run.finished(begun), outcome=outcome, failed_step=failed_step, error=error)
    for step, seconds in steps.seconds.items():
        run.on_step(step, seconds)
    for check, severity in steps.failed_checks:
        if check not in run.checks_told:
            run.on_check_failed(check, severity)
    durations = {**{step: seconds for step, seconds in steps.seconds.items() if step != "models"}, **run.nodes}
    run_log.write(home, record, sorted(durations.items()), keep_days=keep_days)
    metrics.write(home, record, durations)
    prune(instance, keep_days, begun.started_at)
    run.on_ended(RunEnded(record.run_id, outcome, record.seconds_total or 0.0, error))


def _steps(instance: dg.DagsterInstance, run_id: str) -> _Steps:
    seconds: dict[str, float] = {}
    started: set[str] = set()
    failed: tuple[str, str] | None = None
    checks: list[tuple[str, str]] = []
    for entry in instance.all_logs(run_id, of_type=_STEP_EVENTS):
        event = entry.get_dagster_event()
        step = str(event.step_key)
        if event.event_type is dg.DagsterEventType.STEP_START:
            started.add(step)
        elif event.event_type is dg.DagsterEventType.STEP_SUCCESS:
            seconds[step] = round(event.step_success_data.duration_ms / 1000, 3)
        elif event.event_type is dg.DagsterEventType.STEP_FAILURE:
            failed = failed or (step, _kind_of_error(event.step_failure_data))
        else:
            evaluation = event.asset_check_evaluation_data
            if not evaluation.passed:
                checks.append((evaluation.check_name, evaluation.severity.value.lower()))
    unfinished = sorted(started - seconds.keys())
    if unfinished and failed is None:
        failed = (unfinished[0], "Interrupted")
    return _Steps(seconds, failed, checks)


def _kind_of_error(failure: Any) -> str:
    """The class of what was raised inside the step; its text may hold values and stays where it is."""
    error = failure.error
    while error is not None and error.cause is not None:
        error = error.cause
    return str(error.cls_name) if error is not None and error.cls_name else "Failure"


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _between(begin: float | None, end: float | None) -> float | None:
    return None if begin is None or end is None else round(max(end - begin, 0.0), 3)
