"""The table that compares the evaluation with a warehouse."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import duckdb
import polars as pl
import pytest
from rich.console import Console

from demo.catalogue import GGZ_PROFILES
from demo.evaluation import differences, render, shown, stramproy_table
from demo.region import region_messages
from demo.statements import STATEMENTS
from tests.demo.tally import Counted, count

YEARS = """
create schema marts;
create table marts.practice_trajectories as
select '0988' as municipality_code, practice as practice_id, year, profile as care_profile, status,
    count(*) as trajectories, count(distinct bsn) as clients, cast(sum(cents) / 100 as decimal(18, 2)) as cost_eur
from counted group by all;
create table marts.practice_years as
select '0988' as municipality_code, practice as practice_id, year, domain, count(distinct bsn) as clients,
    count(*) as active, count(*) filter (status in ('new', 'extended')) as started,
    count(*) filter (status = 'new') as new, count(*) filter (status = 'extended') as extended,
    count(*) filter (status = 'carried_over') as carried_over, count(*) filter (status = 'converted') as converted,
    0 as unknown, cast(sum(cents) / 100 as decimal(18, 2)) as cost_eur,
    cast(coalesce(sum(cents) filter (status in ('new', 'extended')), 0) / 100 as decimal(18, 2)) as cost_started_eur,
    cast(coalesce(sum(cents) filter (status = 'carried_over'), 0) / 100 as decimal(18, 2)) as cost_carried_over_eur
from (select *, 'all' as domain from counted union all select *, ggz as domain from counted) group by all;
"""


def warehouse(rows: list[Counted]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    frame = pl.DataFrame(rows).with_columns(
        ggz=pl.when(pl.col("profile").is_in(GGZ_PROFILES)).then(pl.lit("ggz")).otherwise(pl.lit("overig"))
    )
    connection.register("counted", frame.to_arrow())
    connection.execute(YEARS)
    return connection


@pytest.fixture(scope="module")
def rows() -> list[Counted]:
    return count(region_messages())


@pytest.fixture
def connection(rows: list[Counted]) -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse(rows) as opened:
        yield opened


def verdicts(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, str], str]:
    return {
        (row.statement.section, row.statement.label, row.statement.period): row.verdict
        for row in stramproy_table(connection)
    }


def test_the_demo_differs_from_the_document_only_where_the_document_is_wrong(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    table = stramproy_table(connection)
    assert differences(table) == ()
    assert [row.statement.label for row in table if row.verdict == "misprint"] == [
        "older or extended, share of trajectories",
        "newly started, share of cost",
        "older, share of cost",
    ]
    assert all(row.statement.why for row in table if row.verdict in ("misprint", "in words"))


def test_rounded_figures_are_told_from_equal_ones(connection: duckdb.DuckDBPyConnection) -> None:
    found = verdicts(connection)
    assert found["GGZ specialistisch basis", "change of cost", "2018-19"] == "rounds to it"
    assert found["GGZ", "older, share of trajectories", "2019"] == "rounds to it"
    assert found["All care of the practice", "cost", "2018"] == "equal"


def test_one_trajectory_less_is_seen_as_a_difference(rows: list[Counted]) -> None:
    gone = next(r for r in rows if r.practice == "stramproy" and r.year == 2019 and r.status == "extended")
    with warehouse([r for r in rows if r != gone]) as connection:
        found = {row.statement.label for row in differences(stramproy_table(connection))}
    assert {"clients", "trajectories (active)", "newly started (nieuw + verlenging)"} <= found


def test_a_misprint_excuses_no_other_difference(rows: list[Counted]) -> None:
    dear = next(r for r in rows if r.practice == "stramproy" and r.year == 2019 and r.status == "carried_over")
    with warehouse([replace(r, cents=r.cents + 50_000_00) if r is dear else r for r in rows]) as connection:
        found = verdicts(connection)
    assert found["GGZ", "newly started, share of cost", "2019"] == "differs"
    assert found["GGZ", "older or extended, share of trajectories", "2019"] == "misprint"


def test_one_cent_more_is_seen_where_the_document_prints_euros_only(rows: list[Counted]) -> None:
    first = next(r for r in rows if r.practice == "stramproy" and r.year == 2019 and r.profile == "ggz_kort_intens")
    changed = [replace(r, cents=r.cents + 1) if r is first else r for r in rows]
    with warehouse(changed) as connection:
        found = verdicts(connection)
    assert "differs" in {found["GGZ", "cost of newly started", "2019"], found["GGZ", "cost of older", "2019"]}
    assert found["GGZ kort intens", "cost", "2019"] == "rounds to it"


def test_a_warehouse_without_the_practice_has_no_data(rows: list[Counted]) -> None:
    with warehouse([r for r in rows if r.practice != "stramproy"]) as connection:
        table = stramproy_table(connection)
    assert {row.verdict for row in table} == {"no data"}
    assert {shown(row) for row in table} == {"-"}


def test_the_printed_table_shows_both_numbers_and_the_reason(connection: duckdb.DuckDBPyConnection) -> None:
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(render(stramproy_table(connection)))
    text = console.export_text()
    assert "62,804" in text
    assert "so 45 %" in text
    assert "+20.6 %" in text
    assert "numbers of the document agree; 3 are misprints" in text


def test_every_printed_number_is_its_value() -> None:
    for statement in STATEMENTS:
        if statement.value is not None:
            digits = statement.printed.removeprefix("about ").removesuffix(" %").replace(",", "")
            assert Decimal(digits) == statement.value
