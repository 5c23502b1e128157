"""The metrics file, read back by Prometheus' own parser."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
from prometheus_client.parser import text_string_to_metric_families

from pipelines.home import Home
from pipelines.operations import metrics, run_log
from pipelines.operations.quiet import record_quiet
from pipelines.operations.run_log import RunRecord
from tests.operations.conftest import NIGHT

RUN = RunRecord(
    run_id="a",
    started_at=NIGHT,
    ended_at=NIGHT + timedelta(seconds=90),
    outcome="published",
    seconds_total=90.0,
    seconds_reading=10.0,
    files_new=3,
    deliveries_refused=1,
)


def _samples(path: Path) -> Mapping[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = list(text_string_to_metric_families(path.read_text(encoding="utf-8")))
    assert all(family.type == "gauge" and family.documentation for family in families)
    samples = [sample for family in families for sample in family.samples]
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples}


def _value(home: Home, name: str, **labels: str) -> float:
    return _samples(home.metrics)[(f"jeugdspiegel_{name}", tuple(sorted(labels.items())))]


def test_metrics_of_a_run_are_what_the_run_log_says(home: Home) -> None:
    run_log.write(home, RUN)

    metrics.write(home, RUN, {"practice_years": 2.5, 'a "quoted\\ name': 1.0})

    assert _value(home, "last_run_start_timestamp_seconds") == NIGHT.timestamp()
    assert _value(home, "last_success_timestamp_seconds") == NIGHT.timestamp() + 90
    assert _value(home, "last_run_success") == 1
    assert _value(home, "last_run_outcome", outcome="published") == 1
    assert _value(home, "last_run_outcome", outcome="failed") == 0
    assert _value(home, "last_run_asset_seconds", asset="practice_years") == 2.5
    assert _value(home, "last_run_asset_seconds", asset='a "quoted\\ name') == 1
    assert _value(home, "last_run_files_new") == 3
    assert _value(home, "last_run_deliveries_refused") == 1


def test_failed_run_keeps_the_time_of_the_last_success(home: Home) -> None:
    run_log.write(home, RUN)
    failed = replace(RUN, run_id="b", started_at=NIGHT + timedelta(days=1), outcome="failed")
    run_log.write(home, failed)

    metrics.write(home, failed, {})

    assert _value(home, "last_run_success") == 0
    assert _value(home, "last_success_timestamp_seconds") == NIGHT.timestamp() + 90


def test_rows_and_deliveries_are_those_of_the_warehouse(home: Home) -> None:
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("create schema ops")
        connection.execute(
            "create table ops.deliveries as from (values ('accepted', 10, 10, 0, 0), ('duplicate', 4, 0, 0, 4), "
            "('partly_quarantined', 7, 5, 1, 1)) as delivery "
            "(outcome, rows_read, rows_accepted, rows_quarantined, rows_duplicate)"
        )

    record_quiet(home, "nothing new")

    rows = {state: _value(home, "rows", state=state) for state in ("read", "accepted", "quarantined", "duplicate")}
    assert rows == {"read": 21, "accepted": 15, "quarantined": 1, "duplicate": 5}
    assert _value(home, "deliveries", outcome="duplicate") == 1
    assert _value(home, "deliveries", outcome="refused") == 0
    assert _value(home, "publication_timestamp_seconds") == home.warehouse.stat().st_mtime
    assert _value(home, "last_run_outcome", outcome="unchanged") == 1


def test_warehouse_that_cannot_be_read_leaves_the_metrics_of_the_run(home: Home) -> None:
    home.warehouse.write_bytes(b"no database")

    metrics.write(home, RUN, {})

    assert _value(home, "last_run_success") == 1
    assert ("jeugdspiegel_rows", (("state", "read"),)) not in _samples(home.metrics)


def test_file_can_be_read_by_another_user_and_nothing_half_written_lies_beside_it(home: Home) -> None:
    metrics.write(home, RUN, {})

    assert stat.S_IMODE(home.metrics.stat().st_mode) == 0o644
    assert stat.S_IMODE(home.metrics.parent.stat().st_mode) == 0o755
    assert [path.name for path in home.metrics.parent.iterdir()] == [home.metrics.name]
