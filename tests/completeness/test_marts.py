"""From messages to is_provisional: care that is declared for 60 %, 90 % and 100 % after one to three months."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.dbt.lake import Lake
from tests.dbt.warehouse import dbt, rows

from .triangles import month

Ask = Callable[[str], list[tuple]]

FIRST, LAST = 36, 64  # care months January 2018 to May 2020; the newest message is of 10 June 2020
PARTS = (600, 300, 100)
CHOICE = ("+completeness", "+practice_years", "+practice_trajectories", "completeness_levels")
NEEDED = ("statuses", "attributions", "care_profiles")


def lake_of_late_declarations() -> Lake:
    """Every part of a month comes on the tenth of a later month; 1 000 euros a month in all."""
    lake = Lake()
    lake.profile("54002", "ggz_kort_basis")
    for number in range(FIRST, LAST + 1):
        for delay, euros in enumerate(PARTS, start=1):
            known_on = month(number + delay).replace(day=10)
            if known_on > date(2020, 6, 10):
                continue
            delivery = lake.message("JW323", known_on)
            first = month(number)
            lake.declare(delivery, "client", 1, f"{number}-{delay}", first, first.replace(day=28), euros * 100)
    return lake


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    folder = tmp_path_factory.mktemp("late")
    lake_of_late_declarations().write(folder)
    statuses = dbt(
        folder,
        "build",
        *("--exclude-resource-type", "unit_test", "--select", *CHOICE, *NEEDED, "--indirect-selection", "buildable"),
    )
    assert sorted(name for name, status in statuses.items() if status not in ("success", "pass")) == []
    return lambda query: rows(folder, query)


def test_share_of_recent_months_is_what_past_months_had_at_their_age(ask: Ask) -> None:
    found = ask(
        """select care_month, declared_eur, expected_eur, round(share_expected, 6), level from marts.completeness
        where care_month >= date '2020-02-01' order by care_month"""
    )

    assert [(day, int(declared), int(expected), share) for day, declared, expected, share, _ in found] == [
        (date(2020, 2, 1), 1000, 1000, 1.0),
        (date(2020, 3, 1), 1000, 1000, 1.0),
        (date(2020, 4, 1), 900, 1000, 0.9),
        (date(2020, 5, 1), 600, 1000, 0.6),
    ]
    assert {level for *_, level in found} == {"profile"}


def test_declared_amounts_are_the_costs(ask: Ask) -> None:
    assert ask(
        """
        select (select sum(declared_eur) from marts.completeness) = (select sum(cost_eur) from marts.trajectory_years)
        """
    ) == [(True,)]


def test_care_older_than_the_horizon_is_final(ask: Ask) -> None:
    assert ask("select distinct level from marts.completeness where care_month < date '2018-06-01'") == [("final",)]


def test_only_the_year_that_is_not_complete_is_provisional(ask: Ask) -> None:
    for table in ("practice_years", "practice_trajectories"):
        assert ask(f"select distinct year, is_provisional from marts.{table} order by year") == [
            (2018, False),
            (2019, False),
            (2020, True),
        ]
