"""docs/evaluation.md: every query runs on the demo and gives rows, and every question has one."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\d+)\. .*?\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))
BLOCKS = re.findall(r"```sql\n(.*?)\n```", PAGE, re.DOTALL)


def test_twelve_questions_have_a_query_and_what_it_cannot_say() -> None:
    assert list(SECTIONS) == [str(number) for number in range(1, 13)]
    for body in SECTIONS.values():
        assert "```sql" in body
        assert "Cannot say:" in body


def test_every_query_gives_rows(demo_warehouse: Path) -> None:
    with duckdb.connect(str(demo_warehouse), read_only=True) as connection:
        empty = [block for block in BLOCKS if not connection.execute(block).fetchall()]

    assert empty == []


@pytest.mark.parametrize("key", ["survey_minimum_responses", "followup_minimum_clients", "provisional_below"])
def test_parameters_it_names_are_in_the_warehouse(key: str, demo_warehouse: Path) -> None:
    with duckdb.connect(str(demo_warehouse), read_only=True) as connection:
        rows = connection.execute("select value from ops.run_parameters where parameter = ?", [key]).fetchall()

    assert len(rows) == 1
    assert key in PAGE


def test_settings_of_the_effect_are_all_in_the_warehouse(demo_warehouse: Path) -> None:
    from pipelines.settings import EffectSettings

    with duckdb.connect(str(demo_warehouse), read_only=True) as connection:
        rows = connection.execute("select parameter, value from ops.run_parameters where parameter like 'effect_%'")
        written = dict(rows.fetchall())

    assert {name: float(value) for name, value in written.items()} == {
        f"effect_{name}": float(value) for name, value in EffectSettings().model_dump().items()
    }
