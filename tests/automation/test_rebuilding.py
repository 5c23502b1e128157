"""After months were taken in again, what comes after is built once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill

from pipelines.automation import months_taken_in
from pipelines.automation.freshness import PUBLICATION

LINES = dg.AssetKey(["lake", "declaration_lines"])
RANGE = {"dagster/asset_partition_range_start": "2026-01-01", "dagster/asset_partition_range_end": "2026-02-01"}


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path), {"telemetry": {"enabled": False}}) as instance:
        yield instance


def after(instance: dg.DagsterInstance, selection: Sequence[dg.AssetKey], **tags: str) -> dg.RunRequest | dg.SkipReason:
    """What is asked for when a run of these assets has succeeded."""
    months = dg.MonthlyPartitionsDefinition("2026-01-01")

    @dg.asset(key=LINES, partitions_def=months, backfill_policy=dg.BackfillPolicy.single_run())
    def lines() -> None:
        """Stands for the lake."""

    @dg.asset(key=PUBLICATION, deps=[LINES])
    def publication() -> None:
        """Stands for what comes after."""

    job = dg.Definitions(assets=[lines, publication]).resolve_implicit_global_asset_job_def()
    result = job.execute_in_process(instance=instance, asset_selection=list(selection), tags={**RANGE, **tags})
    (event,) = [event for event in result.all_events if event.event_type is dg.DagsterEventType.RUN_SUCCESS]
    context = dg.build_run_status_sensor_context(
        sensor_name="months_taken_in",
        dagster_instance=instance,
        dagster_run=instance.get_run_by_id(result.run_id),
        dagster_event=event,
    )
    return months_taken_in(context)


def test_range_of_months_of_the_lake_asks_for_one_build(instance: dg.DagsterInstance) -> None:
    asked = after(instance, [LINES])

    assert isinstance(asked, dg.RunRequest)
    assert asked.run_key
    assert asked.partition_key is None


def test_run_that_publishes_itself_asks_for_nothing(instance: dg.DagsterInstance) -> None:
    assert isinstance(after(instance, [LINES, PUBLICATION]), dg.SkipReason)


def test_backfill_that_publishes_in_another_run_asks_for_nothing(instance: dg.DagsterInstance) -> None:
    instance.add_backfill(
        PartitionBackfill(
            backfill_id="both",
            status=BulkActionStatus.REQUESTED,
            from_failure=False,
            tags={},
            backfill_timestamp=0.0,
            asset_selection=[LINES, PUBLICATION],
        )
    )

    assert isinstance(after(instance, [LINES], **{"dagster/backfill": "both"}), dg.SkipReason)


def test_night_asks_for_nothing(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def step() -> None:
        """Stands for a night."""

    result = dg.materialize([step], instance=instance)
    (event,) = [event for event in result.all_events if event.event_type is dg.DagsterEventType.RUN_SUCCESS]
    context = dg.build_run_status_sensor_context(
        sensor_name="months_taken_in",
        dagster_instance=instance,
        dagster_run=instance.get_run_by_id(result.run_id),
        dagster_event=event,
    )

    assert isinstance(months_taken_in(context), dg.SkipReason)
