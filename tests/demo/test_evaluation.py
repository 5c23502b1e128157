"""The tables that compare both evaluations with a warehouse."""

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
from demo.evaluation import Comparison, EvaluationTable, compared, differences, evaluation_tables
from demo.evaluation_text import render, shown
from demo.region import region_messages
from demo.statements import EVALUATIONS, HILVERSUM, STRAMPROY, Evaluation, Figures
from tests.demo.tally import Counted, count

MARTS = """
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
create table marts.poh_counts (period_id varchar, municipality_code varchar, practice_id varchar, dimension varchar,
    category varchar, clients bigint, denominator bigint);
create table marts.poh_cost_benefit (period_id varchar, municipality_code varchar, scenario varchar, measure varchar,
    value_eur decimal(18, 2));
create table marts.survey_results (period_id varchar, municipality_code varchar, practice_id varchar, audience varchar,
    question varchar, responses bigint, mean_score double, scale_max double);
create table marts.regional_comparison (region varchar, municipality_code varchar, practice_id varchar, year integer,
    domain varchar, measure varchar, value decimal(18, 2));
create table marts.referral_trend (municipality_code varchar, practice_id varchar, quarter varchar, domain varchar,
    new_trajectories bigint, quarters_since_poh_start integer);
create table marts.poh_followup as
from (values ('pilot', '0988', 'all', 'all', 'coverage', 3, 4), ('pilot', '0988', 'all', 'referred', 'coverage', 1, 2),
    ('2019', '0988', 'all', 'all', 'coverage', 8, 9), ('other', '0402', 'all', 'all', 'coverage', 5, 5))
    as made (period_id, municipality_code, practice_id, outcome_group, measure, clients, denominator);
create table marts.practice_effect as
from (values ('South', '0988', 'one', 'new_ggz', 'before_after_start', 'Of one practice.'),
    ('South', 'all', 'all', 'new_ggz', 'with_against_without', 'The data cannot tell.'),
    ('North', 'all', 'all', 'new_ggz', 'with_against_without', 'Of another region.'))
    as made (region, municipality_code, practice_id, outcome, comparison, sentence);
create schema ops;
create table ops.run_parameters as
from (values ('max_gap_days', '45'), ('as_of', null), ('index_base_year', '2018')) as made (parameter, value);
"""
CARE_SECTIONS = {
    "All care of the practice",
    "GGZ",
    "GGZ kort intens",
    "GGZ specialistisch basis",
    "JMB support",
}


def warehouse(rows: list[Counted]) -> duckdb.DuckDBPyConnection:
    """Stramproy's care, and empty marts of all else."""
    connection = duckdb.connect()
    frame = pl.DataFrame(rows).with_columns(
        ggz=pl.when(pl.col("profile").is_in(GGZ_PROFILES)).then(pl.lit("ggz")).otherwise(pl.lit("overig"))
    )
    connection.register("counted", frame.to_arrow())
    connection.execute(MARTS)
    return connection


@pytest.fixture(scope="module")
def rows() -> list[Counted]:
    return count(region_messages())


@pytest.fixture
def connection(rows: list[Counted]) -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse(rows) as opened:
        yield opened


def care_rows(connection: duckdb.DuckDBPyConnection) -> list[Comparison]:
    """The rows on the practice's care."""
    return [row for row in evaluation_tables(connection)[0].rows if row.statement.section in CARE_SECTIONS]


def verdicts(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, str], str]:
    return {
        (row.statement.section, row.statement.label, row.statement.period): row.verdict
        for row in evaluation_tables(connection)[0].rows
    }


def hilversum(**figures: object) -> dict[tuple[str, str], Comparison]:
    table = compared(HILVERSUM, Figures(**figures))  # type: ignore[arg-type]
    return {(row.statement.label, row.statement.period): row for row in table.rows}


def printed(table: EvaluationTable, width: int) -> list[str]:
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(render(table))
    return console.export_text().splitlines()


def test_the_demo_differs_from_the_document_only_where_the_document_is_wrong(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    table = care_rows(connection)
    assert differences(table) == ()
    assert [row.statement.label for row in table if row.verdict == "misprint"] == [
        "older or extended, share",
        "newly started, share of cost",
        "older, share of cost",
    ]


@pytest.mark.parametrize("evaluation", EVALUATIONS, ids=["stramproy", "hilversum"])
def test_words_and_misprints_are_never_without_a_reason(evaluation: Evaluation) -> None:
    for statement in evaluation.statements:
        assert statement.why or (statement.value is not None and statement.corrected is None), statement.label


def test_rounded_figures_are_told_from_equal_ones(connection: duckdb.DuckDBPyConnection) -> None:
    found = verdicts(connection)
    assert found["GGZ specialistisch basis", "change of cost", "2018-19"] == "rounded"
    assert found["GGZ", "older, share", "2019"] == "rounded"
    assert found["All care of the practice", "cost", "2018"] == "equal"


def test_one_trajectory_less_is_seen_as_a_difference(rows: list[Counted]) -> None:
    gone = next(r for r in rows if r.practice == "stramproy" and r.year == 2019 and r.status == "extended")
    with warehouse([r for r in rows if r != gone]) as connection:
        found = {row.statement.label for row in differences(care_rows(connection))}
    assert {"clients", "trajectories (active)", "newly started (nieuw gestart)"} <= found


def test_a_misprint_excuses_no_other_difference(rows: list[Counted]) -> None:
    dear = next(r for r in rows if r.practice == "stramproy" and r.year == 2019 and r.status == "carried_over")
    with warehouse([replace(r, cents=r.cents + 50_000_00) if r is dear else r for r in rows]) as connection:
        found = verdicts(connection)
    assert found["GGZ", "newly started, share of cost", "2019"] == "differs"
    assert found["GGZ", "older or extended, share", "2019"] == "misprint"


def test_one_cent_more_is_seen_where_the_document_prints_euros_only(rows: list[Counted]) -> None:
    first = next(r for r in rows if r.practice == "stramproy" and r.year == 2019 and r.profile == "ggz_kort_intens")
    changed = [replace(r, cents=r.cents + 1) if r is first else r for r in rows]
    with warehouse(changed) as connection:
        found = verdicts(connection)
    assert "differs" in {found["GGZ", "cost of newly started", "2019"], found["GGZ", "cost of older", "2019"]}
    assert found["GGZ kort intens", "cost", "2019"] == "rounded"


def test_a_warehouse_without_the_places_has_no_data(rows: list[Counted]) -> None:
    with warehouse([r for r in rows if r.practice != "stramproy"]) as connection:
        tables = evaluation_tables(connection)
    found = [row for table in tables for row in table.rows]
    assert {row.verdict for row in found} == {"no data"}
    assert {shown(row) for row in found} == {"-"}


def test_the_letter_s_share_of_referred_is_a_misprint_only_while_its_counts_hold() -> None:
    group = ("hilversum_2", "outcome_clarification_group")
    counts = {(*group, "referred_ggz"): (113, 392), (*group, "referred_local_support"): (25, 392)}
    key = ("referred, of all seen", "nov-jun")
    assert hilversum(counts=counts)[key].verdict == "misprint"
    assert shown(hilversum(counts=counts)[key]) == "35.2 %"
    assert hilversum(counts=counts | {(*group, "referred_ggz"): (124, 392)})[key].verdict == "rounded"
    assert hilversum(counts=counts | {(*group, "referred_ggz"): (119, 392)})[key].verdict == "differs"


def test_a_category_without_a_row_is_zero_where_its_dimension_is_there() -> None:
    counts = {("hilversum_2", "outcome_treatment_group", "not_referred"): (150, 172)}
    found = hilversum(counts=counts)
    assert found["Jeugd en Gezin", "nov-jun"].computed == 0
    assert found["boys", "nov-jun"].computed is None


def test_practices_are_counted_by_what_became_of_their_referrals() -> None:
    found = hilversum(practices={"a": (3, 4), "b": (5, 5), "c": (2, 1), "d": (0, 1)})
    labels = ("practices with more", "practices with as many", "practices with fewer")
    assert [found[label, "2019-21"].computed for label in labels] == [2, 1, 1]


def test_grades_and_shares_of_a_scale_are_shown_with_one_decimal() -> None:
    answers = {
        ("2021", "gp", "overall_rating"): (38, Decimal("8.5"), Decimal(10)),
        ("2021", "parent", "would_recommend"): (14, Decimal("1"), Decimal(1)),
        ("2021", "youth", "overall_rating"): (3, None, Decimal(10)),
    }
    found = hilversum(answers=answers)
    assert (shown(found["GPs, overall", "2021"]), found["GPs, overall", "2021"].verdict) == ("8.5", "equal")
    assert shown(found["parents who would recommend", "2021"]) == "100.0 %"
    assert found["youth, overall", "2021"].verdict == "no data"


def test_the_printed_table_shows_both_numbers_and_the_reason(connection: duckdb.DuckDBPyConnection) -> None:
    lines = printed(evaluation_tables(connection)[0], 80)
    text = "\n".join(lines)
    row = next(line for line in lines if line.startswith(" newly started, share of cost"))
    number = row.split()[-1]
    assert row.split()[-6:-1] == ["44", "%", "44.9", "%", "misprint"]
    assert any(line.split()[:1] == [number] and "so 45 %" in line for line in lines)
    assert "+20.6 %" in text
    assert "misprinted or contradicted by the document itself: 3" in " ".join(text.split())


@pytest.mark.parametrize("place", [0, 1], ids=["stramproy", "hilversum"])
def test_no_row_is_cut_or_folded_at_80_columns(connection: duckdb.DuckDBPyConnection, place: int) -> None:
    table = evaluation_tables(connection)[place]
    lines = printed(table, 80)
    assert max(map(len, lines)) <= 80
    assert not any("…" in line for line in lines)
    for row in table.rows:
        assert sum(line.startswith(f" {row.statement.label} ") for line in lines) >= 1
    rows_and_sections = len(table.rows) + len({row.statement.section for row in table.rows})
    assert lines.index("", 2) - 2 == rows_and_sections


@pytest.mark.parametrize("evaluation", [STRAMPROY, HILVERSUM], ids=["stramproy", "hilversum"])
def test_every_printed_number_is_its_value(evaluation: Evaluation) -> None:
    for statement in evaluation.statements:
        if statement.value is not None:
            digits = statement.printed.removeprefix("about ").removesuffix(" %").replace(",", "")
            assert Decimal(digits) == statement.value


def test_under_each_table_stand_the_parameters_of_the_warehouse(connection: duckdb.DuckDBPyConnection) -> None:
    for table in evaluation_tables(connection):
        assert "Parameters: index_base_year 2018 · max_gap_days 45" in printed(table, 120)


def test_under_the_first_table_stands_what_its_document_lacks(
    connection: duckdb.DuckDBPyConnection, rows: list[Counted]
) -> None:
    connection.execute("update marts.practice_years set practice_id = 'unattributed' where domain <> 'all'")
    first, second = evaluation_tables(connection)

    assert first.beyond[-2:] == (
        "pilot: 3 of 4 ended POH supports can be followed, by BSN.",
        "South: The data cannot tell.",
    )
    of_practices: dict[int, list[int]] = {}
    for row in rows:
        known, cost = of_practices.setdefault(row.year, [0, 0])
        of_practices[row.year] = [known + row.cents * (row.practice != "unattributed"), cost + row.cents]
    shares = {year: 100 * known / cost for year, (known, cost) in sorted(of_practices.items()) if cost}
    assert first.beyond[:-2] == tuple(
        f"{year}: {share:.1f} % of the cost has a practice." for year, share in shares.items()
    )
    assert min(shares.values()) < 100
    assert second.beyond == ("other: 5 of 5 ended POH supports can be followed, by BSN.",)
    assert " South: The data cannot tell." in [line.rstrip() for line in printed(first, 100)]


def test_cost_without_a_practice_lowers_the_share_that_has_one(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("update marts.practice_years set practice_id = 'unattributed'")
    beyond = evaluation_tables(connection)[0].beyond
    assert beyond[0].endswith(": 0.0 % of the cost has a practice.")
