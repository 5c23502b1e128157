"""What the demo publishes, as an analyst and a reader meet it."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import duckdb
import fastexcel
import polars as pl
import pytest

from pipelines.home import Home
from pipelines.publication import audit, kept, manifest


@pytest.fixture(scope="module")
def home(demo_home: Path) -> Home:
    """The demo's home; read only."""
    return Home(demo_home)


@pytest.fixture(scope="module")
def published(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.published / "jeugdspiegel.duckdb"), read_only=True) as connection:
        yield connection


def test_demo_went_live_whole_and_its_audit_found_nothing(home: Home) -> None:
    (publication,) = kept(home)
    outcome = audit.last(home)

    assert publication.is_current
    assert manifest.first_damaged(publication.folder) is None
    assert outcome is not None
    assert outcome.breaches == outcome.accepted == ()


def test_no_row_of_a_client_is_published(home: Home, published: duckdb.DuckDBPyConnection) -> None:
    columns = published.execute("select distinct column_name from duckdb_columns() where schema_name = 'marts'")
    files = {path.stem for path in (home.published / "parquet").glob("*.parquet")}

    assert {name for (name,) in columns.fetchall()}.isdisjoint({"client_key", "trajectory_id", "referrer_hash"})
    assert "trajectory_years" not in files
    assert {"practice_years", "practice_trajectories", "poh_counts", "glossary", "disclosure_audit"} <= files


def test_every_published_table_and_column_has_a_comment(published: duckdb.DuckDBPyConnection) -> None:
    silent = published.execute(
        """
        select table_name, '' from duckdb_tables() where coalesce(comment, '') = ''
        union all select table_name, column_name from duckdb_columns()
        where schema_name = 'marts' and coalesce(comment, '') = ''
        """
    ).fetchall()

    assert silent == []


def test_dictionary_says_what_the_dbt_documentation_says(home: Home) -> None:
    nodes = json.loads((home.dbt_target / "manifest.json").read_bytes())["nodes"].values()
    documented = {
        (node["name"], column): " ".join(about["description"].split())
        for node in nodes
        if node["schema"] == "marts"
        for column, about in node["columns"].items()
    }
    with (home.published / "data_dictionary.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["table"], row["column"]): " ".join(row["description"].split()) for row in csv.DictReader(file)}

    of_models = {key: text for key, text in rows.items() if key[1] != "is_suppressed" and key[0] != "disclosure_audit"}
    assert of_models == {key: documented[key] for key in of_models}


def test_published_tables_have_every_row_and_column_of_the_mart(
    home: Home, published: duckdb.DuckDBPyConnection
) -> None:
    with duckdb.connect(str(home.warehouse), read_only=True) as exact:
        for (table,) in published.execute("select table_name from duckdb_tables()").fetchall():
            if table == "disclosure_audit":
                continue
            mart = exact.execute(f'describe marts."{table}"').fetchall()
            shown = published.execute(f'describe marts."{table}"').fetchall()
            assert [row[:2] for row in shown] == [*(row[:2] for row in mart), ("is_suppressed", "BOOLEAN")]
            count = f'select count(*) from marts."{table}"'
            assert published.execute(count).fetchone() == exact.execute(count).fetchone()


def test_small_counts_are_hidden_and_shown_figures_are_exact(home: Home, published: duckdb.DuckDBPyConnection) -> None:
    shown = published.execute("select min(clients) from marts.practice_trajectories where clients > 0").fetchone()
    hidden = published.execute("select count(*) from marts.practice_trajectories where is_suppressed").fetchone()

    assert shown is None or shown[0] is None or shown[0] >= 10
    assert hidden is not None
    assert hidden[0] > 0


def test_workbook_has_every_published_table(home: Home) -> None:
    sheets = set(fastexcel.read_excel(home.published / "xlsx" / "jeugdspiegel.xlsx").sheet_names)
    tables = {path.stem for path in (home.published / "parquet").glob("*.parquet")} - {"glossary"}

    assert {"Leeswijzer", "Begrippen", "Kolommen", *(name[:31] for name in tables)} == sheets


def test_parquet_and_duckdb_hold_the_same(home: Home, published: duckdb.DuckDBPyConnection) -> None:
    for path in sorted((home.published / "parquet").glob("*.parquet")):
        assert published.execute(f'select * from marts."{path.stem}"').pl().equals(pl.read_parquet(path))


def test_everyone_may_read_what_is_published_and_nobody_else_the_rest(home: Home) -> None:
    for path in home.current.resolve().rglob("*"):
        is_published = path.is_relative_to(home.published.resolve())
        expected = 0o755 if path.is_dir() else 0o644 if is_published else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == expected, path
