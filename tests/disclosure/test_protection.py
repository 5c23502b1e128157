"""What a reader of the published tables sees: rules, calculated measures, the audit, and the demo."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_array

from benchmarks.care_worlds import World, contributions_of, facts_of, tables_from
from pipelines.disclosure import AUDIT_COLUMNS, PUBLISHED_TABLES, Protected, protect, undescribed_tables
from pipelines.disclosure.attack import Demand, Intervals, attack, checked
from pipelines.disclosure.facts import read_facts
from pipelines.disclosure.protection import attack_tables, describe, protect_facts
from pipelines.disclosure.tables import DESCRIBED
from pipelines.settings import DisclosureSettings

_SETTINGS = DisclosureSettings()
_WORLD = World(practices=6, municipalities=2, regions=1, years=2, per_year=50.0, profiles=6)


@pytest.fixture(scope="module")
def protected() -> Protected:
    return protect_facts(facts_of(_WORLD, seed=11), _SETTINGS, [])


@pytest.fixture(scope="module")
def demo(demo_warehouse: Path) -> Protected:
    return protect(demo_warehouse, _SETTINGS, [])


def test_rows_keys_and_types_stay_and_only_measures_become_empty(protected: Protected) -> None:
    exact = facts_of(_WORLD, seed=11).tables
    for name, frame in protected.tables.items():
        assert frame.drop("is_suppressed").schema == exact[name].schema
        if name not in DESCRIBED:
            assert frame.drop("is_suppressed").equals(exact[name])
            continue
        fixed = [*DESCRIBED[name].keys, *(c for c in DESCRIBED[name].attributes if c in frame.columns)]
        assert frame.select(fixed).equals(exact[name].select(fixed))
        lost = pl.any_horizontal(
            frame[c].is_null() & exact[name][c].is_not_null() for c in DESCRIBED[name].measures if c in frame.columns
        )
        assert frame["is_suppressed"].equals(pl.select(lost).to_series(), null_equal=True)
        assert frame["is_suppressed"].any()


def test_count_of_few_clients_is_empty_and_zero_is_shown(protected: Protected) -> None:
    exact = facts_of(_WORLD, seed=11).tables["practice_years"]
    published = protected.tables["practice_years"]

    assert (
        published.filter(exact["clients"] < 10)["clients", "active", "cost_eur"].null_count().row(0)
        == ((exact["clients"] < 10).sum(),) * 3
    )
    few = (exact["unknown"] > 0) & (exact["unknown"] < 10)
    assert published.filter(few)["unknown"].null_count() == few.sum()
    assert (published.filter(exact["unknown"] == 0)["unknown"] == 0).all()


def test_euros_that_one_or_two_clients_decide_are_empty_though_the_count_is_shown() -> None:
    rows = contributions_of(World(practices=8, municipalities=2, regions=1, years=1, per_year=150.0), seed=2)
    large = rows.filter(pl.col("practice_id") == "practice_1", pl.col("domain") == "ggz").head(1)["client_key"][0]
    alone = pl.when(
        (pl.col("client_key") == large)
        & (pl.row_index() == pl.row_index().filter(pl.col("client_key") == large).first())
    )
    facts = tables_from(rows.with_columns(cents=alone.then(10_000_000_000).otherwise("cents")), _WORLD)

    tables = protect_facts(facts, _SETTINGS, []).tables

    region = tables["regional_comparison"].filter(pl.col("practice_id") == "practice_1", pl.col("domain") == "all")
    assert region.filter(pl.col("measure") == "cost_eur")["value"].null_count() == 1
    own = tables["practice_years"].filter(pl.col("practice_id") == "practice_1", pl.col("domain") == "all")
    assert own["cost_eur"][0] is None


def test_calculated_measures_go_with_their_parts(protected: Protected) -> None:
    trend = protected.tables["referral_trend"]
    assert trend.filter(pl.col("new_trajectories").is_null())["new_per_1000"].is_null().all()
    coverage = protected.tables["attribution_coverage"]
    hidden = coverage["cost_eur"].is_null() | coverage["cost_total_eur"].is_null()
    assert coverage.filter(hidden)["cost_share"].is_null().all()
    comparison = protected.tables["regional_comparison"]
    keys = ["region", "municipality_code", "practice_id", "domain", "measure"]
    base = comparison.filter(pl.col("year") == 2018).select(*keys, base="value")
    indexed = comparison.filter(pl.col("index").is_not_null()).join(base, on=keys)
    assert indexed["value"].is_not_null().all()
    assert indexed["base"].is_not_null().all()


def test_same_figure_in_two_tables_is_shown_in_both_or_in_neither(protected: Protected) -> None:
    years = protected.tables["practice_years"].select("practice_id", "municipality_code", "year", "domain", "active")
    compared = protected.tables["regional_comparison"].filter(
        pl.col("measure") == "active", pl.col("practice_id") != "all"
    )
    joined = compared.join(years, on=["practice_id", "municipality_code", "year", "domain"])
    assert joined.height > 0
    assert (joined["value"].is_null() == joined["active"].is_null()).all()


def test_audit_counts_what_is_suppressed_and_no_interval_is_too_narrow(protected: Protected) -> None:
    assert protected.audit.columns == list(AUDIT_COLUMNS)
    for row in protected.audit.iter_rows(named=True):
        exact = facts_of(_WORLD, seed=11).tables[row["table_name"]][row["measure"]]
        published = protected.tables[row["table_name"]][row["measure"]]
        lost = (published.is_null() & exact.is_not_null()).sum()
        assert row["suppressed_primary"] + row["suppressed_secondary"] == lost
        assert row["cells"] == exact.is_not_null().sum()
        if row["interval_unit"] == "number" and row["narrowest_interval"] is not None:
            assert row["narrowest_interval"] >= 10


@pytest.mark.parametrize("measure", ["active", "cost_eur"])
def test_cell_that_is_put_back_is_found(protected: Protected, measure: str) -> None:
    facts = facts_of(_WORLD, seed=11)
    quantities, _ = describe(facts, _SETTINGS)
    leaking = dict(protected.tables)
    exact = facts.tables["practice_years"]
    leaking["practice_years"] = leaking["practice_years"].with_columns(exact[measure])

    nobody = np.zeros(len(quantities.names), dtype=bool)
    _, exposed, _ = attack_tables(facts, leaking, quantities, nobody, [], _SETTINGS)

    assert len(exposed) > 0


def test_column_that_nobody_described_is_withheld() -> None:
    facts = facts_of(_WORLD, seed=11)
    wider = {**facts.tables, "practice_years": facts.tables["practice_years"].with_columns(oldest=pl.lit(17))}

    tables = protect_facts(type(facts)(wider, facts.contributions, facts.periods, 2018), _SETTINGS, []).tables

    assert tables["practice_years"]["oldest"].is_null().all()


def test_interval_of_hand_made_table_is_what_can_be_counted() -> None:
    """Three suppressed cells 2, 5 and 9 of a shown total 16, each at least 1: they reach 1 to 14."""
    relations = csr_array(np.array([[1.0, 1.0, 1.0, -1.0]]))
    values, floors = np.array([2.0, 5.0, 9.0, 16.0]), np.ones(4)
    unknown = np.array([True, True, True, False])
    demand = Demand(np.array([10.0, 10.0, 13.5, 0.0]), np.ones(4, dtype=bool), np.zeros(4, dtype=bool))
    found = Intervals.of(4)

    exposed = attack(relations, values, floors, unknown, demand, found)

    assert list(values + found.lowest) == [1, 1, 1, 16]
    assert list(values + found.highest) == [14, 14, 14, 16]
    assert list(exposed) == [2]


def test_claimed_answer_that_contradicts_the_tables_is_not_believed() -> None:
    relations = csr_array(np.array([[1.0, 1.0, -1.0]]))
    values, floors = np.array([4.0, 5.0, 9.0]), np.ones(3)
    unknown = np.array([True, True, False])
    right = (np.array([0, 1]), np.array([2.0, -2.0]))
    does_not_add_up = (np.array([0, 1]), np.array([20.0, -2.0]))
    below_floor = (np.array([0, 1]), np.array([7.0, -7.0]))
    moves_what_is_shown = (np.array([0, 2]), np.array([3.0, 3.0]))

    found = checked([right, does_not_add_up, below_floor, moves_what_is_shown], relations, values, floors, unknown)

    assert list(found.highest) == [2, 0, 0]
    assert list(found.lowest) == [0, -2, 0]


def test_demo_is_protected_without_failures(demo: Protected, demo_warehouse: Path) -> None:
    assert demo.failures == ()
    assert set(demo.tables) <= set(PUBLISHED_TABLES)
    shown = _shown(demo.tables)
    for table in ("practice_years", "regional_comparison", "attribution_coverage", "poh_counts"):
        assert shown[table] > 0, table
    jmb = demo.tables["practice_trajectories"].filter(pl.col("care_profile") == "begeleiding_jmb")
    assert jmb["cost_eur"].null_count() == jmb.height > 0


def test_demo_relations_hold_so_that_the_attack_uses_what_is_true(demo_warehouse: Path) -> None:
    """Trajectories and euros add up to the cent; people may be counted at two places."""
    quantities, _ = describe(read_facts(demo_warehouse), _SETTINGS)
    sums = quantities.relations @ np.where(np.isfinite(quantities.values), quantities.values, 0.0)
    matrix = quantities.relations
    for relation in np.flatnonzero(np.abs(sums) > 0.01):
        names = [quantities.names[c] for c in matrix.indices[matrix.indptr[relation] : matrix.indptr[relation + 1]]]
        assert all(name.startswith(("c|", "p|", "s|", "f|", "difference:")) for name in names), names[:3]


def test_every_mart_is_described_or_kept_back_on_purpose(demo_warehouse: Path) -> None:
    assert undescribed_tables(demo_warehouse) == ()
    with duckdb.connect(str(demo_warehouse), read_only=True) as connection:
        for table, described in DESCRIBED.items():
            columns = {
                name
                for (name,) in connection.execute(
                    "select column_name from duckdb_columns() where schema_name = 'marts' and table_name = $table",
                    {"table": table},
                ).fetchall()
            }
            assert columns <= {*described.keys, *described.attributes, *described.measures}, table


def _shown(tables: Mapping[str, pl.DataFrame]) -> dict[str, int]:
    return {
        name: sum(frame[measure].count() for measure in DESCRIBED[name].measures)
        for name, frame in tables.items()
        if name in DESCRIBED
    }
