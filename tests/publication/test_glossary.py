"""The glossary that is published beside the figures."""

from __future__ import annotations

import csv
from pathlib import Path

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"


def _seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_glossary_explains_every_status_by_the_name_that_tables_use() -> None:
    explained = {row["term_en"] for row in _seed("glossary")}

    assert {row["status"] for row in _seed("statuses")} | {"active", "started", "suppressed"} <= explained


def test_glossary_has_each_dutch_term_once_in_order_and_nothing_empty() -> None:
    rows = _seed("glossary")
    terms = [row["term_nl"] for row in rows]

    assert terms == sorted(set(terms), key=str.lower)
    assert all(value.strip() == value != "" for row in rows for value in row.values())
    assert all(row[text].endswith(".") for row in rows for text in ("meaning_nl", "meaning_en"))
