"""Compiled models, run once more: which of them, on what, and what is kept."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.transformation.vintages import (
    FIGURES,
    VintageError,
    calculate_gaps,
    calculate_vintages,
    read_models,
    rerun_for,
)

FAMILIES = ("lines", "credits", "decisions", "allocations", "requests", "reference")
# name: (schema, materialized, sql, parents); `{lake}` is the lake folder
MODELS = {
    "known_until": ("staging", "table", "select 'lines' as family, date '9999-12-31' as known_until", ()),
    "chaining": ("staging", "table", "select 31 as max_gap_days", ()),
    "facts": (
        "staging",
        "view",
        "select * from read_parquet('{lake}/lines.parquet') where known_at <= "
        """(select known_until from "w"."staging"."known_until" where family = 'lines')""",
        ("known_until",),
    ),
    "practices": ("staging", "view", "select * from read_parquet('{lake}/reference/praktijken.parquet')", ()),
    FIGURES: (
        "intermediate",
        "table",
        """select practice_id, sum(cents) as cents, any_value(max_gap_days) as gap
        from "w"."staging"."facts" cross join "w"."staging"."practices" cross join "w"."staging"."chaining"
        group by practice_id""",
        ("facts", "practices", "chaining"),
    ),
    "mart": ("marts", "table", f'select * from "w"."intermediate"."{FIGURES}"', (FIGURES,)),
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lake with an apostrophe in its path, its compiled models and an empty folder for what is kept."""
    folder = tmp_path / "Wiske's home"
    lake, target = folder / "lake", folder / "target"
    for table in ("reference", "reference_history/praktijken"):
        (lake / table).mkdir(parents=True)
    pl.DataFrame({"known_at": [date(2019, 1, 1), date(2019, 2, 1)], "cents": [1, 10]}).write_parquet(
        lake / "lines.parquet"
    )
    _ledger(lake, [("a", date(2019, 1, 1)), ("b", date(2019, 2, 1))])
    pl.DataFrame({"practice_id": ["now"]}).write_parquet(lake / "reference" / "praktijken.parquet")
    pl.DataFrame({"practice_id": ["then"]}).write_parquet(
        lake / "reference_history" / "praktijken" / "2019-01-01.parquet"
    )
    nodes = {}
    for name, (schema, materialized, sql, parents) in MODELS.items():
        path = target / "compiled" / "p" / "models" / f"{name}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sql.replace("{lake}", str(lake).replace("'", "''")), encoding="utf-8")
        nodes[f"model.p.{name}"] = {
            "name": name,
            "resource_type": "model",
            "language": "sql",
            "package_name": "p",
            "original_file_path": f"models/{name}.sql",
            "relation_name": f'"w"."{schema}"."{name}"',
            "config": {"materialized": materialized},
            "depends_on": {"nodes": [f"model.p.{parent}" for parent in parents]},
        }
    (target / "manifest.json").write_text(json.dumps({"nodes": nodes}), encoding="utf-8")
    for name, path in (("LAKE", lake), ("TARGET", target), ("VINTAGES", folder / "kept")):
        monkeypatch.setenv(f"JEUGDSPIEGEL_{name}", str(path))
    return folder


def _ledger(lake: Path, files: list[tuple[str, date]]) -> None:
    columns = ("file_name", "municipality_code", "sender_agb", "identification", "message_code", "content_digest")
    rows = [
        {
            "file_sha256": sha,
            "kind": "JW323",
            "message_date": day,
            "refusal": None,
            "rows_accepted": 1,
            "cents_accepted": 1,
        }
        | dict.fromkeys(columns, sha)
        for sha, day in files
    ]
    pl.DataFrame(rows, schema_overrides={"refusal": pl.String}).write_parquet(lake / "ledger.parquet")


@pytest.fixture
def candidate(place: Path) -> duckdb.DuckDBPyConnection:
    """The models as the build made them."""
    connection = duckdb.connect(str(place / "w.duckdb"))
    for model in read_models(place / "target").values():
        _, schema, _ = model.relation.split(".")
        connection.execute(f"create schema if not exists {schema}")
        connection.execute(f"create {'view' if model.is_view else 'table'} {model.relation} as {model.sql}")
    return connection


def _vintages(candidate: duckdb.DuckDBPyConnection, *days: str) -> list[dict]:
    columns = ", ".join(f"cast(day as date) as {family}_until" for family in FAMILIES)
    values = ", ".join(f"('{day}')" for day in days)
    planned = candidate.sql(f"select day as scenario, {columns} from (values {values}) as days (day)")
    return calculate_vintages(candidate, planned).to_pylist()


def test_models_come_after_what_they_read_and_end_with_the_figures(place: Path):
    names = list(read_models(place / "target"))

    assert names[-1] == FIGURES
    assert names.index("known_until") < names.index("facts")
    assert "mart" not in names


def test_only_what_reads_a_change_is_run_again(place: Path):
    models = read_models(place / "target")

    assert [model.name for model in rerun_for(models, {"chaining"})] == ["chaining", FIGURES]
    assert [model.name for model in rerun_for(models, {"known_until"})] == ["known_until", "facts", FIGURES]


def test_scenario_counts_what_was_known_with_the_reference_tables_of_then(candidate):
    rows = _vintages(candidate, "2019-01-15", "2019-02-15")

    assert [(row["scenario"], row["practice_id"], row["cents"]) for row in rows] == [
        ("2019-01-15", "then", 1),
        ("2019-02-15", "then", 11),
    ]


def test_other_gap_reads_everything_else_from_the_build(candidate):
    planned = candidate.sql("select * from (values (0, false), (31, true)) as gaps (max_gap_days, is_standard)")

    rows = calculate_gaps(candidate, planned).to_pylist()

    assert [(row["max_gap_days"], row["practice_id"], row["cents"], row["gap"]) for row in rows] == [(0, "now", 11, 0)]


def test_nothing_planned_gives_no_rows_and_all_columns(candidate):
    nothing = candidate.sql("select 0 as max_gap_days, true as is_standard")

    assert calculate_gaps(candidate, nothing).column_names == ["max_gap_days", "practice_id", "cents", "gap"]


def test_candidate_is_left_as_it_was(candidate):
    before = candidate.execute("select * from duckdb_tables()").fetchall()

    _vintages(candidate, "2019-01-15")

    assert candidate.execute("select * from duckdb_tables()").fetchall() == before
    assert candidate.execute("select count(*) from duckdb_databases() where database_name = 'vintage'").fetchall() == [
        (0,)
    ]


def test_figures_are_kept_while_nothing_they_rest_on_changes(place: Path, candidate):
    _vintages(candidate, "2019-01-15")
    (kept,) = (place / "kept").iterdir()
    pl.read_parquet(kept).with_columns(cents=pl.lit(99).cast(pl.Decimal(38, 0))).write_parquet(kept)

    # what came in later is of another day
    _ledger(place / "lake", [("a", date(2019, 1, 1)), ("b", date(2019, 2, 1)), ("c", date(2019, 3, 1))])

    assert [row["cents"] for row in _vintages(candidate, "2019-01-15")] == [99]


@pytest.mark.parametrize("change", ["delivery", "reference", "model"])
def test_figures_are_calculated_again_when_what_they_rest_on_changes(place: Path, candidate, change: str):
    _vintages(candidate, "2019-01-15")
    (kept,) = (place / "kept").iterdir()
    if change == "delivery":
        _ledger(place / "lake", [("a", date(2019, 1, 1)), ("late", date(2019, 1, 2))])
    if change == "reference":
        pl.DataFrame({"practice_id": ["mended"]}).write_parquet(
            place / "lake" / "reference_history" / "praktijken" / "2019-01-01.parquet"
        )
    if change == "model":
        path = place / "target" / "compiled" / "p" / "models" / "facts.sql"
        path.write_text(path.read_text(encoding="utf-8") + " and true", encoding="utf-8")

    _vintages(candidate, "2019-01-15")

    (now,) = (place / "kept").iterdir()
    assert now.name != kept.name


def test_model_that_fails_is_named_without_a_value(place: Path, candidate):
    path = place / "target" / "compiled" / "p" / "models" / "facts.sql"
    path.write_text("select cast('secret' as integer) as cents", encoding="utf-8")

    with pytest.raises(VintageError) as error:
        _vintages(candidate, "2019-01-15")

    assert "The model" in str(error.value)
    assert "secret" not in str(error.value)
    assert error.value.__suppress_context__


def test_model_that_was_not_compiled_is_named(place: Path, candidate):
    (place / "target" / "compiled" / "p" / "models" / "facts.sql").unlink()

    with pytest.raises(VintageError, match="facts was not compiled"):
        _vintages(candidate, "2019-01-15")


def test_model_that_is_not_sql_cannot_stand_below_the_figures(place: Path, candidate):
    manifest = place / "target" / "manifest.json"
    nodes = json.loads(manifest.read_text(encoding="utf-8"))
    nodes["nodes"]["model.p.facts"]["language"] = "python"
    manifest.write_text(json.dumps(nodes), encoding="utf-8")

    with pytest.raises(VintageError, match="facts is not SQL"):
        _vintages(candidate, "2019-01-15")
