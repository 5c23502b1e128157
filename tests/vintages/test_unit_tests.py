"""dbt's own unit tests of the vintages pass."""

from __future__ import annotations

from pathlib import Path

from tests.dbt.warehouse import PROJECT, dbt

UNIT_TESTS = sum(
    path.read_text(encoding="utf-8").count("\n    model: ")
    for path in PROJECT.glob("models/**/vintages/*_unit_tests.yml")
)


def test_every_unit_test_passes(home: Path):
    folders = ["path:models/intermediate/vintages", "path:models/marts/vintages"]

    statuses = dbt(home, "test", "--select", *folders, "--exclude", "test_type:data")

    assert {name for name, status in statuses.items() if status != "pass"} == set()
    assert len(statuses) == UNIT_TESTS > 5
