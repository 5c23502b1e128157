"""The same deliveries give the same figures, in whatever order; and a past date shows what was known on it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from .conftest import lake_of_stories
from .story import STORIES, Story, day, story
from .warehouse import OURS, SEEDS, dbt, rows


def modelled(folder: Path, *selection: str) -> None:
    """Build models and seeds without their tests."""
    statuses = dbt(folder, "build", "--resource-type", "model", "--resource-type", "seed", "--select", *selection)
    assert set(statuses.values()) == {"success"}


TABLES = (
    "marts.trajectory_years",
    "marts.practice_trajectories",
    "marts.practice_years",
    "marts.attribution_coverage",
    "ops.deliveries",
    "ops.findings",
    "ops.unresolved_referrers",
)


@story
def changed_mind(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.requested("2018-01-05", "V", referrer_agb="01999001")
    s.allocated(1, "2018-02-01", "2018-12-31", request_reference="V")
    declaration = s.declaration("2018-03-10")
    s.line(declaration, 1, "2018-02", 4000, reference="A")
    s.line(declaration, 1, "2018-02", 1000, reference="B")
    s.lake.answer("JW325", day("2018-03-20"), declaration, 5000, 4000, {"B": (1000, 0)})
    s.line(s.declaration("2018-05-10"), 1, "2018-02", -4000, reference="C", previous_reference="A")
    s.line(s.declaration("2018-06-10"), 1, "2018-02", 3000, reference="D")


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2018-03-19", [(2, Decimal("50.00"), Decimal("50.00"))]),
        ("2018-03-20", [(1, Decimal("40.00"), Decimal("0.00"))]),
        ("2018-05-10", []),
    ],
)
def test_reporting_date_shows_what_was_known_on_it(tmp_path: Path, as_of, expected):
    lake_of_stories({"changed_mind": changed_mind}).write(tmp_path)
    modelled(tmp_path, "+trajectory_years", "run_parameters", "--vars", json.dumps({"as_of": as_of}))
    assert rows(tmp_path, "select lines, cost_eur, cost_open_eur from marts.trajectory_years") == expected
    assert rows(tmp_path, "select value from ops.run_parameters where parameter = 'as_of'") == [(as_of,)]


def test_without_a_reporting_date_everything_counts(years):
    assert years("changed_mind", "lines, cost_eur, cost_open_eur") == [(1, Decimal("30.00"), Decimal("30.00"))]


def test_rows_in_reverse_order_give_the_same_figures(home: Path, tmp_path: Path):
    lake = lake_of_stories(STORIES)
    lake.ledger.reverse()
    for table in [*lake.tables.values(), *lake.reference.values(), lake.suggestions]:
        table.reverse()
    lake.write(tmp_path)
    modelled(tmp_path, *OURS, *SEEDS)
    for table in TABLES:
        with duckdb.connect() as connection:
            connection.execute(f"attach '{home}/candidate.duckdb' as one (read_only)")
            connection.execute(f"attach '{tmp_path}/candidate.duckdb' as two (read_only)")
            different = connection.execute(
                f"""(from one.{table} except all from two.{table})
                union all (from two.{table} except all from one.{table})"""
            ).fetchall()
        assert different == [], table
