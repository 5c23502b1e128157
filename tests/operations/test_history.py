"""Pruning of Dagster's history, on the storage that the product uses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipelines.home import Home
from pipelines.operations.history import prune
from pipelines.operations.storage import prepare_instance

MONTHS = dg.MonthlyPartitionsDefinition(start_date="2025-01-01")


@dg.asset(partitions_def=MONTHS)
def lines() -> None:
    """A month of the lake."""


@dg.asset
def figures() -> None:
    """What is not in months."""


@pytest.fixture
def instance(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("DAGSTER_HOME", str(prepare_instance(home)))
    with dg.DagsterInstance.get() as given:
        yield given


def _made(instance: dg.DagsterInstance, asset: dg.AssetsDefinition, month: str | None = None) -> str:
    return dg.materialize([asset], instance=instance, partition_key=month).run_id


def _later(days: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def _runs(instance: dg.DagsterInstance) -> set[str]:
    return {run.run_id for run in instance.get_runs()}


def test_old_run_goes_with_its_events_and_the_newest_of_each_month_stays(instance: dg.DagsterInstance) -> None:
    overtaken = [_made(instance, lines, "2025-01-01"), _made(instance, figures)]
    newest = [_made(instance, lines, "2025-01-01"), _made(instance, lines, "2025-02-01"), _made(instance, figures)]
    folder = Path(instance.event_log_storage._base_dir)  # type: ignore[attr-defined]
    assert all((folder / f"{run_id}.db").exists() for run_id in [*overtaken, *newest])

    removed = prune(instance, 30, _later(31))

    assert removed == 2
    assert _runs(instance) == set(newest)
    assert not [path.name for path in folder.iterdir() if path.name.startswith(tuple(overtaken))]
    assert instance.all_logs(overtaken[0]) == []
    assert instance.get_materialized_partitions(lines.key) == {"2025-01-01", "2025-02-01"}
    latest = instance.get_latest_materialization_event(figures.key)
    assert latest is not None
    assert latest.run_id == newest[-1]


def test_run_within_the_retention_stays(instance: dg.DagsterInstance) -> None:
    runs = {_made(instance, figures), _made(instance, figures)}

    assert prune(instance, 30, _later(29)) == 0
    assert prune(instance, 0, _later(1000)) == 0
    assert _runs(instance) == runs


def test_run_that_has_not_ended_stays(instance: dg.DagsterInstance) -> None:
    run = instance.create_run_for_job(dg.define_asset_job("job", [figures]).resolve(asset_graph=_graph()))

    assert prune(instance, 30, _later(400)) == 0
    assert _runs(instance) == {run.run_id}


def test_history_goes_on_after_pruning(instance: dg.DagsterInstance) -> None:
    _made(instance, figures)
    _made(instance, figures)
    prune(instance, 30, _later(31))

    run_id = _made(instance, figures)

    assert len(instance.all_logs(run_id)) > 3


def _graph() -> dg.AssetGraph:  # type: ignore[name-defined]
    return dg.Definitions(assets=[figures]).resolve_asset_graph()
