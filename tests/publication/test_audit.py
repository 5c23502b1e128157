"""The audit: what it lets through, what it stops, and what it says about it."""

from __future__ import annotations

import dataclasses

import duckdb
import polars as pl
import pytest

from pipelines.home import Home
from pipelines.publication import audit, publish
from pipelines.publication.census import Census, take_census
from pipelines.settings import PublicationSettings
from tests.publication.homes import audited_candidate, build_candidate, protected_tables

SETTINGS = PublicationSettings()


def _census(
    rows: int = 1000, cost_eur: int = 1_000_000, final_eur: int = 600_000, delivered: int = 1000, kind: str = "JW323"
) -> Census:
    return Census(
        rows={"practice_years": {"": rows, "0384": rows}, "poh_counts": {"": 500, "0384": 500}},
        cents={"0384": {"": cost_eur * 100, "2019": final_eur * 100}},
        final_years={"0384": ["2019"]},
        delivered_rows={"0384": {"JW301": 2000, kind: delivered}},
        delivered_cents={"0384": {"JW301": 0, kind: delivered * 100_000}},
    )


BEFORE = _census()


@pytest.mark.parametrize(
    ("now", "tables"),
    [
        pytest.param(_census(), [], id="the same"),
        pytest.param(_census(rows=701), [], id="a loss within the limit"),
        pytest.param(
            _census(rows=699), ["marts.practice_years"] * 2, id="a loss beyond it, as a whole and in its part"
        ),
        pytest.param(_census(rows=1299), [], id="growth within the limit"),
        pytest.param(_census(rows=1301), ["marts.practice_years"] * 2, id="growth that no delivery explains"),
        pytest.param(_census(rows=2000, delivered=2000), [], id="growth with the deliveries"),
        pytest.param(
            _census(rows=2700, delivered=2000), ["marts.practice_years"] * 2, id="growth beyond the deliveries"
        ),
        pytest.param(_census(rows=9000, kind="declaraties"), [], id="growth with a kind that was not delivered before"),
        pytest.param(
            _census(rows=1301, delivered=1099), ["marts.practice_years"] * 2, id="too little news to explain it"
        ),
        pytest.param(
            dataclasses.replace(_census(), rows={}), ["marts.practice_years", "marts.poh_counts"] * 2, id="gone"
        ),
    ],
)
def test_rows_that_drift_are_found(now: Census, tables: list[str]) -> None:
    breaches = audit.find_row_drift(now, BEFORE, SETTINGS)

    assert sorted(breach.table for breach in breaches) == sorted(tables)
    assert {breach.check for breach in breaches} <= {"row_drift"}


def test_table_whose_rows_are_asked_for_may_grow_but_not_shrink() -> None:
    def with_poh(rows: int) -> Census:
        return Census(rows={"poh_counts": {"": rows}})

    assert audit.find_row_drift(with_poh(5000), with_poh(500), SETTINGS) == []
    assert len(audit.find_row_drift(with_poh(100), with_poh(500), SETTINGS)) == 1


@pytest.mark.parametrize(
    ("now", "found"),
    [
        pytest.param(_census(), 0, id="the same"),
        pytest.param(_census(cost_eur=801_000), 0, id="a loss within the limit"),
        pytest.param(_census(cost_eur=799_000), 1, id="a loss beyond it"),
        pytest.param(_census(cost_eur=1_201_000), 1, id="growth that no delivery explains"),
        pytest.param(_census(cost_eur=2_000_000, delivered=2000), 0, id="growth with the deliveries"),
        pytest.param(_census(final_eur=300_000), 1, id="a final year that changed"),
        pytest.param(dataclasses.replace(_census(), cents={}), 2, id="a municipality that is gone"),
    ],
)
def test_cost_that_drifts_is_found(now: Census, found: int) -> None:
    breaches = audit.find_cost_drift(now, BEFORE, SETTINGS)

    assert len(breaches) == found
    assert {(breach.check, breach.table) for breach in breaches} <= {("cost_drift", "marts.practice_years")}


def test_what_is_small_is_not_compared() -> None:
    small = _census(rows=199, cost_eur=99_000, final_eur=99_000)
    gone = dataclasses.replace(small, rows={}, cents={})

    assert audit.find_row_drift(gone, dataclasses.replace(small, rows={"x": {"": 199}}), SETTINGS) == []
    assert audit.find_cost_drift(gone, small, SETTINGS) == []


def test_limits_are_those_of_the_settings() -> None:
    strict = PublicationSettings(max_row_drift=0.01, max_cost_drift=0.01)

    assert audit.find_row_drift(_census(rows=980), BEFORE, strict)
    assert audit.find_cost_drift(_census(cost_eur=980_000), BEFORE, strict)


def test_deliveries_of_a_merged_code_explain_the_growth_of_its_successor() -> None:
    def of_old_code(rows: int, delivered: int) -> Census:
        return dataclasses.replace(_census(rows), delivered_rows={"0381": {"JW323": delivered}}, delivered_cents={})

    assert audit.find_row_drift(of_old_code(2000, 2000), of_old_code(1000, 1000), SETTINGS) == []


def test_sentence_names_check_table_and_how_many_but_no_amount() -> None:
    rows = audit.judge(audit.find_row_drift(_census(rows=500), BEFORE, SETTINGS), accept_drift=False)
    cost = audit.judge(audit.find_cost_drift(_census(cost_eur=500_000), BEFORE, SETTINGS), accept_drift=False)

    assert rows.sentence == (
        "Not published: check row_drift: marts.practice_years has 500 rows, the live publication 1,000 "
        "(max_row_drift 0.3) (1 more: 'jeugdspiegel status'). If this is right: 'jeugdspiegel run --accept-drift'."
    )
    assert "moved by 50% from the live publication" in cost.sentence
    assert "500,000" not in cost.sentence


def test_accepted_drift_does_not_block_and_is_remembered_but_nothing_else_is_accepted() -> None:
    drift = audit.Breach(audit.COST_DRIFT, "marts.practice_years", 1, "moved.")
    leak = audit.Breach(audit.DISCLOSURE, "", 1, "leaks.")

    outcome = audit.judge([drift, leak], accept_drift=True)

    assert (outcome.breaches, outcome.accepted) == ((leak,), (drift,))
    assert audit.judge([drift], accept_drift=True).sentence == ""


def test_outcome_is_remembered_as_it_was(home: Home) -> None:
    drift = audit.Breach(audit.COST_DRIFT, "marts.practice_years", 1, "moved.")
    outcome = audit.judge([drift], accept_drift=False)
    assert audit.last(home) is None

    audit.remember(home, outcome)

    assert audit.last(home) == outcome


def test_census_of_the_live_publication_is_the_one_it_was_published_with(home: Home) -> None:
    assert audit.census_of_live(home) is None
    census = audited_candidate(home, 1)
    publish(home, keep=7)

    assert audit.census_of_live(home) == census
    assert census.rows["practice_years"] == {"": 5, "0384": 5}
    assert census.cents == {"0384": {"": 10250, "2019": 10250}}
    assert census.final_years == {"0384": ["2019"]}
    assert census.delivered_rows == {"0384": {"JW323": 5}}


def test_census_of_another_warehouse_leaves_out_what_it_does_not_have(home: Home) -> None:
    home.candidate.parent.mkdir(exist_ok=True)
    with duckdb.connect(str(home.candidate)) as connection:
        connection.execute("create schema marts; create table marts.one as select 1 as one")

    assert take_census(home.candidate) == Census()


@pytest.fixture
def candidate(home: Home) -> Home:
    """A home whose candidate lost nothing."""
    build_candidate(home, 1)
    return home


def _tables(home: Home) -> dict[str, pl.DataFrame]:
    return {name: frame for name, frame in protected_tables(home).items() if name != "texts"}


def test_candidate_that_lost_nothing_is_let_through(candidate: Home) -> None:
    assert audit.find_lost_rows(candidate.candidate, _tables(candidate)) == []


@pytest.mark.parametrize("column", ["rows_accepted", "cents_accepted", "rows_quarantined", "cents_duplicate"])
def test_delivered_row_or_cent_that_ends_nowhere_is_found(candidate: Home, column: str) -> None:
    with duckdb.connect(str(candidate.candidate)) as connection:
        connection.execute(f"update ops.deliveries set {column} = {column} + 1")

    (breach,) = audit.find_lost_rows(candidate.candidate, _tables(candidate))

    assert (breach.check, breach.table, breach.count) == ("conservation", "ops.deliveries", 1)


def test_published_figure_that_the_warehouse_does_not_have_is_found(candidate: Home) -> None:
    tables = _tables(candidate)
    tables["practice_years"] = tables["practice_years"].with_columns(pl.col("clients") + 1)

    (breach,) = audit.find_lost_rows(candidate.candidate, tables)

    assert (breach.check, breach.table, breach.count) == ("conservation", "marts.practice_years", 4)


def test_published_table_that_lost_rows_is_found(candidate: Home) -> None:
    tables = _tables(candidate)
    tables["referral_trend"] = tables["referral_trend"].head(3)

    (breach,) = audit.find_lost_rows(candidate.candidate, tables)

    assert (breach.check, breach.table, breach.count) == ("conservation", "marts.referral_trend", 2)
