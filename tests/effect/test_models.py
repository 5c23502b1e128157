"""Which quarters a practice has a POH, what is counted in them, and what the demo's practices say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.poh.compiled import put, run_model

_REGION = "Region"


def quarter(year: int, number: int) -> int:
    """A quarter counted from year 0."""
    return year * 4 + number - 1


@pytest.fixture(scope="module")
def exposed(demo_home: Path) -> Iterator[dict[str, tuple]]:
    text, day = pl.String, pl.Date
    with duckdb.connect() as connection:
        places = {"first": "0001", "halfway": "0001", "two": "0002", "ended": "0002", "never": "0003", "silent": "0009"}
        put(
            connection,
            "staging.stg_reference__praktijken",
            [{"practice_id": practice, "municipality_code": code} for practice, code in places.items()],
            {"practice_id": text, "municipality_code": text},
        )
        put(
            connection,
            "staging.stg_reference__deelname",
            [
                {"practice_id": "first", "starts_on": date(2020, 4, 1)},
                {"practice_id": "halfway", "starts_on": date(2020, 3, 1)},
                {"practice_id": "two", "starts_on": date(2020, 7, 1), "ends_until": date(2020, 10, 1)},
                {"practice_id": "two", "starts_on": date(2021, 1, 1)},
                {"practice_id": "ended", "starts_on": date(2019, 12, 31), "ends_until": date(2021, 1, 1)},
                {"practice_id": "ended", "starts_on": date(2019, 11, 1), "ends_until": date(2020, 2, 1)},
                {"practice_id": "silent", "starts_on": date(2020, 1, 1)},
            ],
            {"practice_id": text, "starts_on": day, "ends_until": day},
        )
        # 0003 was merged into 0002; 0009 never delivered
        put(
            connection,
            "intermediate.int_municipalities__merged",
            [{"municipality_code": "0003", "successor_code": "0002"}],
            {"municipality_code": text, "successor_code": text},
        )
        put(
            connection,
            "staging.stg_reference__gemeenten",
            [{"municipality_code": code, "region": _REGION} for code in ("0001", "0002")],
            {"municipality_code": text, "region": text},
        )
        put(
            connection,
            "intermediate.int_municipalities__observed",
            [
                {"municipality_code": "0001", "first_month": date(2018, 1, 1)},
                {"municipality_code": "0002", "first_month": date(2018, 2, 1)},
            ],
            {"municipality_code": text, "first_month": day},
        )
        put(
            connection,
            "intermediate.int_municipalities__followed",
            [
                {"municipality_code": "0001", "observed_until": date(2022, 1, 1)},
                {"municipality_code": "0002", "observed_until": date(2021, 12, 1)},
            ],
            {"municipality_code": text, "observed_until": day},
        )
        run_model(connection, demo_home, "int_practices__exposed")
        rows = connection.sql(
            "select practice_id, municipality_code, before_until, after_from, after_until, region, first_quarter, "
            "last_quarter from intermediate.int_practices__exposed"
        ).fetchall()
        yield {row[0]: row[1:] for row in rows}


@pytest.mark.parametrize(
    ("practice", "expected"),
    [
        ("first", ("0001", quarter(2020, 2), quarter(2020, 2), None)),
        ("halfway", ("0001", quarter(2020, 1), quarter(2020, 2), None)),
        ("two", ("0002", quarter(2020, 3), quarter(2020, 3), None)),
        ("ended", ("0002", quarter(2019, 4), quarter(2020, 1), quarter(2021, 1))),
        ("never", ("0002", None, None, None)),
    ],
)
def test_practice_has_a_poh_from_its_first_whole_quarter(exposed, practice: str, expected: tuple) -> None:
    assert exposed[practice][:4] == expected


def test_practice_of_a_municipality_that_never_delivered_is_left_out(exposed) -> None:
    assert "silent" not in exposed


def test_region_has_the_whole_quarters_that_all_its_municipalities_delivered(exposed) -> None:
    assert {row[4:] for row in exposed.values()} == {(_REGION, quarter(2018, 2), quarter(2021, 3))}


@pytest.fixture(scope="module")
def demo(demo_warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo_warehouse), read_only=True) as connection:
        yield connection


def test_outcomes_are_the_new_trajectories_of_the_trend(demo) -> None:
    counted = demo.sql(
        """
        select practice_id, quarter_number, outcome, trajectories::bigint, amount::bigint
        from intermediate.int_practice_quarters__counted
        where outcome in ('new_all', 'new_ggz') order by all
        """
    ).fetchall()

    assert (
        counted
        == demo.sql(
            """
        select
            practice_id,
            left(quarter, 4)::int * 4 + right(quarter, 1)::int - 1,
            'new_' || domain,
            sum(new_trajectories)::bigint,
            sum(new_trajectories)::bigint
        from marts.referral_trend
        where domain in ('all', 'ggz') and practice_id <> 'unattributed' group by all order by all
        """
        ).fetchall()
    )
    assert counted


def test_segments_and_domains_of_new_trajectories_add_up(demo) -> None:
    assert (
        demo.sql(
            """
            select practice_id, quarter_number
            from intermediate.int_practice_quarters__counted
            group by all
            having
                coalesce(sum(trajectories) filter (outcome = 'new_ggz'), 0)
                <> coalesce(sum(trajectories) filter (outcome in ('new_bggz', 'new_sggz')), 0)
                or sum(trajectories) filter (outcome = 'new_all') < sum(trajectories) filter (outcome = 'new_ggz')
            """
        ).fetchall()
        == []
    )


def test_hilversum_is_the_ratio_of_ratios_of_its_trajectories(demo) -> None:
    """One start, on 1 March 2020, halfway its quarter: 2019 against April 2020 to June 2021."""
    counts = dict(
        demo.sql(
            """
            select (deelname.practice_id is not null, started_on >= date '2020-04-01')::varchar, count(*)
            from marts.trajectory_years as years
            left join staging.stg_reference__deelname as deelname using (practice_id)
            where
                municipality_code = '0402' and domain = 'ggz' and status = 'new' and practice_id <> 'unattributed'
                and (started_on < date '2020-01-01' or started_on between date '2020-04-01' and date '2021-06-30')
            group by all
            """
        ).fetchall()
    )
    with_poh, without = ((counts[f"({side}, false)"], counts[f"({side}, true)"]) for side in ("true", "false"))

    (found,) = demo.sql(
        """
        select change_share, practices_with, practices_without, amount_before::int, amount_after::int
        from marts.practice_effect
        where region = 'Gooi en Vechtstreek' and outcome = 'new_ggz' and comparison = 'with_against_without'
        """
    ).fetchall()

    assert found[0] == pytest.approx(with_poh[1] / with_poh[0] * without[0] / without[1] - 1, abs=1e-6)
    assert found[1:] == (19, 9, *with_poh)


def test_practices_of_hilversum_are_falling_and_the_same_and_one_pilot_is_too_few(demo) -> None:
    verdicts = demo.sql(
        """
        select distinct region, verdict from marts.practice_effect
        where outcome = 'new_ggz' and comparison in ('before_after_start', 'with_against_without') order by all
        """
    ).fetchall()

    assert ("Midden-Limburg West", "too_few") in verdicts
    assert {("Gooi en Vechtstreek", verdict) for verdict in ("falling", "same", "cannot_tell")} <= set(verdicts)
