"""Every printed figure of both evaluations, in the warehouse that the ordinary pipeline builds from the demo."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from demo.evaluation import EvaluationTable, differences, evaluation_tables
from tests.golden.cells import GOLDEN, TABLES, Cell, cells, rows, shares, value_in_mart, whole_percent

WITHOUT = [
    pytest.param(
        None, None, marks=pytest.mark.skip(reason="the golden tables are not beside the project (../shared/golden)")
    )
]
CELLS = [pytest.param(cell, cell.column, id=cell.name) for cell in cells()] or WITHOUT
SHARES = [pytest.param(cell, percent, id=cell.name) for cell, percent in shares()] or WITHOUT


@pytest.fixture(scope="module")
def connection(demo_warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo_warehouse), read_only=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def tables(connection: duckdb.DuckDBPyConnection) -> tuple[EvaluationTable, ...]:
    return evaluation_tables(connection)


@pytest.mark.parametrize(("cell", "column"), CELLS)
def test_a_printed_figure_equals_the_mart(connection: duckdb.DuckDBPyConnection, cell: Cell, column: str) -> None:
    value, count = value_in_mart(connection, cell, column)
    assert value is not None
    if cell.row["exact"] == "yes":
        assert count == 1
    assert abs(value - cell.expected) <= cell.tolerance


@pytest.mark.parametrize(("cell", "percent"), SHARES)
def test_a_printed_share_is_what_the_mart_rounds_to(
    connection: duckdb.DuckDBPyConnection, cell: Cell, percent: Decimal
) -> None:
    clients, count = value_in_mart(connection, cell, "clients")
    denominator, _ = value_in_mart(connection, cell, "denominator")
    assert count == 1
    assert clients is not None
    assert denominator
    assert whole_percent(clients, denominator) == percent


@pytest.mark.skipif(not GOLDEN.is_dir(), reason="the golden tables are not beside the project (../shared/golden)")
def test_every_row_of_every_printed_table_is_compared() -> None:
    assert {path.stem for path in GOLDEN.glob("*.csv")} == TABLES.keys()
    compared = [(c.table, c.row) for c in cells()] + [(c.table, c.row) for c, _ in shares()]
    missed = [(table, row) for table in TABLES for row in rows(table) if (table, row) not in compared]
    assert missed == []


def test_both_tables_differ_from_their_documents_in_known_misprints_only(tables: tuple[EvaluationTable, ...]) -> None:
    for table in tables:
        assert [(row.statement.label, row.computed) for row in differences(table.rows)] == []
    assert [[row.statement.label for row in table.rows if row.verdict == "misprint"] for table in tables] == [
        ["older or extended, share", "newly started, share of cost", "older, share of cost", "psycho-education, share"],
        ["referred, of all seen"],
    ]


def test_what_the_documents_say_in_words_holds(tables: tuple[EvaluationTable, ...]) -> None:
    said = {row.statement.label: row.computed for table in tables for row in table.rows if row.verdict == "in words"}
    growing = ("growth of cost", "cost of GGZ", "new GGZ trajectories")
    trends = ("practices with more", "practices with as many", "practices with fewer")
    assert all((said[label] or 0) > 0 for label in (*growing, *trends))
    assert (said["girls"] or 0) > 50
    assert said["parents who would recommend"] == 100
    assert min(said["youth, overall"] or 0, said["parents, overall"] or 0) >= 8


def test_most_boys_of_hilversum_are_9_to_12_and_most_girls_13_to_16(connection: duckdb.DuckDBPyConnection) -> None:
    largest = connection.execute(
        """
        select dimension, arg_max(category, clients) from marts.poh_counts
        where period_id = 'hilversum_2' and practice_id = 'all' and dimension like 'age_band_poh_%'
        group by dimension
        """
    ).fetchall()
    assert dict(largest) == {"age_band_poh_male": "9_12", "age_band_poh_female": "13_16"}


def test_too_few_questionnaires_in_stramproy_give_no_mean(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute(
        "select distinct mean_score from marts.survey_results where municipality_code = '0988'"
    ).fetchall()
    assert found == [(None,)]


def test_what_followed_the_four_referrals_of_stramproy_stands_beside_its_figures(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    found = connection.execute(
        """
        select year, care_profile, sum(trajectories) from marts.poh_add_back
        where practice_id = 'stramproy' group by year, care_profile order by year, care_profile
        """
    ).fetchall()
    assert found == [
        (2018, "ggz_kort_intens", 1),
        (2018, "ggz_specialistisch_aanvullend", 2),
        (2019, "ggz_specialistisch_aanvullend", 1),
    ]


def test_both_documents_have_publications_whose_revisions_add_up(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute(
        """
        select as_of.publication, sum(as_of.active), min(revised.revisions)
        from marts.practice_years_as_of as as_of
        left join (select publication, count(*) as revisions from marts.revisions group by publication) as revised
            on as_of.publication = revised.publication
        where as_of.domain = 'all'
        group by as_of.publication
        """
    ).fetchall()
    assert {name.split()[0] for name, _, _ in found} == {"Stramproy", "Hilversum"}
    assert len(found) == 4
    # the first publication revises nothing, every later one something
    assert sum(revisions is None for _, _, revisions in found) == 1
    assert all(active for _, active, _ in found)


def test_the_last_publication_of_the_demo_gives_the_figures_of_today(connection: duckdb.DuckDBPyConnection) -> None:
    measures = "municipality_code, practice_id, year, domain, clients, active, started, new, extended, cost_eur"
    then = f"select {measures} from marts.practice_years_as_of where publication = 'Hilversum voortgangsbrief'"
    now = f"select {measures} from marts.practice_years"
    assert connection.execute(f"({then}) except all ({now}) union all (({now}) except all ({then}))").fetchall() == []
    assert connection.execute(f"select count(*) > 0 from ({then})").fetchall() == [(True,)]
