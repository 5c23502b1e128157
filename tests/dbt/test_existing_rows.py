"""A row of the lake exists when its file is accepted: whatever reads rows joins them with the accepted deliveries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

MODELS = Path(__file__).parents[2] / "dbt_project" / "models"
ROWS = {
    f"stg_lake__{name}"
    for name in (
        "allocations",
        "care_events",
        "referral_requests",
        "declaration_lines",
        "decisions",
        "decision_lines",
    )
}
"""The views of rows of messages and exports; those of registrations and surveys look in the ledger themselves."""

# A line of an answer exists with its answer.
JOINED = ("int_deliveries__accepted", "int_decisions__matched")


def _refs(path: Path) -> set[str]:
    return set(re.findall(r"ref\('(\w+)'\)", path.read_text(encoding="utf-8")))


READERS = sorted(path for path in MODELS.rglob("*.sql") if _refs(path) & ROWS)


def test_every_view_of_rows_has_a_reader() -> None:
    assert set().union(*map(_refs, READERS)) >= ROWS


@pytest.mark.parametrize("path", READERS, ids=lambda path: path.stem)
def test_model_that_reads_rows_joins_the_accepted_deliveries(path: Path) -> None:
    sql = path.read_text(encoding="utf-8")
    name = next(name for name in JOINED if name in _refs(path))
    alias = re.search(rf"(\w+) as \(\s+select \* from \{{\{{ ref\('{name}'\) \}}\}}", sql)

    assert alias is not None
    assert re.search(rf"inner join {alias[1]}\s+on", sql)
