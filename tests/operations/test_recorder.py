"""The recorder around a run: whatever happens in it, the run log, the metrics and the events say so."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest

from pipelines.errors import ConfigurationError
from pipelines.home import Home
from pipelines.ingestion import IngestReport
from pipelines.operations import run_log
from pipelines.operations.events import JsonEvents
from pipelines.operations.quiet import record_quiet
from pipelines.operations.recorder import _steps, recorded
from pipelines.operations.run_log import RunRecord
from pipelines.publication import Published
from pipelines.resources import Progress
from pipelines.transformation import NodeFinished

SECRET = "999900006"
REPORT = IngestReport(files=5, files_new=2, deliveries_taken=2, deliveries_refused=1, rows_read=9, rows_accepted=8)


def _node(name: str, status: str, seconds: float) -> NodeFinished:
    return NodeFinished(name, status, 1, 2, {"data": {"execution_time": seconds}})


def _whole(progress: Progress, home: Home) -> None:
    progress.on_ingested(REPORT)
    progress.on_node(_node("model.jeugdspiegel.practice_years", "success", 1.25))
    progress.on_node(_node("test.jeugdspiegel.not_null_x", "warn", 0.5))
    progress.on_published(
        Published(home.warehouse, rows={"marts.a": 3}, bytes=10, name="first", folder=home.published, removed=())
    )


def _only_ingested(progress: Progress, _: Home) -> None:
    progress.on_ingested(REPORT)


def _broken(progress: Progress, _: Home) -> None:
    progress.on_ingested(REPORT)
    raise ValueError(SECRET)


def _misconfigured(_: Progress, __: Home) -> None:
    raise dg.Failure("a sentence", allow_retries=False) from ConfigurationError("a sentence")


def _interrupted(_: Progress, __: Home) -> None:
    raise KeyboardInterrupt


def _execute(home: Home, work: Callable[[Progress, Home], None]) -> tuple[RunRecord, list[dict[str, Any]], str]:
    """Run one asset that does this; returns its record, its events, and everything that was written about it."""

    @dg.asset
    def made(progress: dg.ResourceParam[Progress]) -> None:
        work(progress, home)

    @dg.asset_check(asset=made)
    def holds() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False)

    stream = io.StringIO()
    resources = {"home": home, "progress": recorded(JsonEvents(stream))}
    with dg.DagsterInstance.ephemeral() as instance, contextlib.suppress(KeyboardInterrupt):
        dg.materialize([made, holds], instance=instance, resources=resources, raise_on_error=False)
    (record,) = run_log.read(home)
    written = stream.getvalue() + home.metrics.read_text(encoding="utf-8") + repr(record)
    return record, [json.loads(line) for line in stream.getvalue().splitlines()], written


@pytest.mark.parametrize(
    ("work", "outcome", "error"),
    [
        (_whole, "published", None),
        (_only_ingested, "done", None),
        (_broken, "failed", "ValueError"),
        (_misconfigured, "failed", "ConfigurationError"),
        (_interrupted, "failed", "KeyboardInterrupt"),
    ],
)
def test_run_that_ends_is_recorded_with_its_outcome(
    home: Home, work: Callable[[Progress, Home], None], outcome: str, error: str | None
) -> None:
    record, events, written = _execute(home, work)

    assert (record.outcome, record.error) == (outcome, error)
    assert record.failed_step == (None if error is None else "made")
    assert record.ended_at is not None
    assert record.ended_at >= record.started_at
    assert [event["event"] for event in (events[0], events[-1])] == ["run_started", "run_ended"]
    assert events[-1]["outcome"] == outcome
    assert f'last_run_outcome{{outcome="{outcome}"}} 1.0' in home.metrics.read_text(encoding="utf-8")
    assert SECRET not in written


def test_run_that_publishes_is_recorded_with_counts_durations_and_failed_checks(home: Home) -> None:
    record, events, _ = _execute(home, _whole)

    assert (record.files_new, record.deliveries_refused, record.rows_read, record.rows_accepted) == (2, 1, 9, 8)
    assert record.publication == "first"
    phases = (record.seconds_reading, record.seconds_building, record.seconds_publishing)
    assert all(seconds is not None for seconds in phases)
    assert sum(seconds or 0 for seconds in phases) <= (record.seconds_total or 0)
    assert run_log.read_assets(home, record.run_id)["practice_years"] == 1.25
    assert set(run_log.read_assets(home, record.run_id)) >= {"practice_years", "made"}
    by_name: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        by_name.setdefault(event["event"], []).append(event)
    assert {event["run_id"] for event in events} == {record.run_id}
    assert by_name["node_finished"][0]["seconds"] == 1.25
    assert [(event["check"], event["severity"]) for event in by_name["check_failed"]] == [
        ("not_null_x", "warn"),
        ("holds", "error"),
    ]
    assert by_name["deliveries_taken"][0]["refused"] == 1
    assert by_name["published"][0]["rows"] == 3


def test_night_without_news_is_recorded_and_told(home: Home) -> None:
    stream = io.StringIO()

    record_quiet(home, "Nothing new.", JsonEvents(stream))

    assert [run.outcome for run in run_log.read(home)] == ["unchanged"]
    event = json.loads(stream.getvalue())
    assert (event["event"], event["outcome"], event["reason"]) == ("run_ended", "unchanged", "Nothing new.")


def test_retention_of_the_settings_is_applied_at_the_end_of_a_run(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.settings_file.write_text("[storage]\nkeep_runs_days = 12\n", encoding="utf-8")
    asked: list[int] = []
    monkeypatch.setattr("pipelines.operations.recorder.prune", lambda _, days, __: asked.append(days))

    _execute(home, _only_ingested)

    assert asked == [12]


def test_step_that_never_came_to_its_end_fails_the_run(home: Home) -> None:
    """Dagster says nothing of a step whose generator was closed from outside."""

    class Cut(dg.DagsterInstance):
        def __init__(self) -> None:
            pass

        def all_logs(self, run_id: str, of_type: object = None) -> list[Any]:
            event = SimpleNamespace(event_type=dg.DagsterEventType.STEP_START, step_key="models")
            return [SimpleNamespace(get_dagster_event=lambda: event)]

    assert _steps(Cut(), "a").failed == ("models", "Interrupted")
