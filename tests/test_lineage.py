"""Column lineage, read from small SQL whose answer is known, and as Dagster shows it after a night."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from pipelines.automation.instance import opened_instance
from pipelines.home import Home
from pipelines.transformation import lineage
from pipelines.transformation.lineage import column_lineage

COLUMNS = {"marts.first": {"a": "INTEGER", "b": "INTEGER", "c": "VARCHAR"}, "marts.second": {"d": "INTEGER"}}


def _manifest(parents: list[str]) -> dict[str, Any]:
    def node(name: str, depends_on: list[str]) -> dict[str, Any]:
        return {
            "resource_type": "model",
            "language": "sql",
            "package_name": "p",
            "original_file_path": f"{name}.sql",
            "schema": "marts",
            "name": name,
            "depends_on": {"nodes": depends_on},
        }

    return {
        "nodes": {
            "model.p.first": node("first", ["source.p.lake"]),
            "model.p.second": node("second", ["source.p.lake"]),
            "model.p.read": node("read", parents),
            "seed.p.list": {"resource_type": "seed", "schema": "marts", "name": "list", "depends_on": {}},
        }
    }


def _lineage(folder: Path, sql: str) -> dict[str, Any]:
    home = Home(folder)
    compiled = home.dbt_target / "compiled" / "p"
    compiled.mkdir(parents=True, exist_ok=True)
    (compiled / "read.sql").write_text(sql, encoding="utf-8")
    (compiled / "first.sql").write_text("select a from read_parquet('lake')", encoding="utf-8")
    return dict(column_lineage(home, _manifest(["model.p.first", "model.p.second"]), COLUMNS))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ('select a from "w"."marts"."first"', {"a": [("model.p.first", "a")]}),
        (
            """
            with x as (select a + b as s, c from "w"."marts"."first")
            select s * d as t, 1 as one from x join "w"."marts"."second" on x.s = d
            """,
            {"t": [("model.p.first", "a"), ("model.p.first", "b"), ("model.p.second", "d")], "one": []},
        ),
        (
            'select max(a) as m from "w"."marts"."first" union all select d from "w"."marts"."second"',
            {"m": [("model.p.first", "a"), ("model.p.second", "d")]},
        ),
        ('with x as (select * from "w"."marts"."second") select * from x', {"d": [("model.p.second", "d")]}),
        ("select this is not sql (", {}),
        ("select * from read_parquet('lake')", {}),
        ("select * replace (1 as a) from (values (2)) as made (a)", {"a": []}),
    ],
    ids=["direct", "through a step and a join", "union", "star", "unknown to the parser", "function", "values"],
)
def test_columns_come_from_those_that_the_sql_names(tmp_path: Path, sql: str, expected: dict[str, Any]) -> None:
    # The models that read the lake have no parents that Dagster shows.
    assert _lineage(tmp_path, sql) == {"model.p.read": expected}


def test_lineage_is_read_again_only_when_the_sql_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _lineage(tmp_path, 'select a from "w"."marts"."first"')
    with monkeypatch.context() as patched:
        patched.setattr(lineage, "_of_model", None)
        again = _lineage(tmp_path, 'select a from "w"."marts"."first"')

    assert again == first
    assert _lineage(tmp_path, 'select b as a from "w"."marts"."first"') != first


def test_materialisation_of_a_mart_has_rows_cents_columns_and_lineage(demo_home: Path, demo_warehouse: Path) -> None:
    with duckdb.connect(str(demo_warehouse), read_only=True) as connection:
        (counted,) = connection.execute(
            "select (count(*), sum(cost_eur * 100)::bigint) from marts.practice_trajectories"
        ).fetchone() or ((0, 0),)
    with opened_instance(Home(demo_home)) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey(["marts", "practice_trajectories"]))

    assert event is not None
    assert event.asset_materialization is not None
    metadata = event.asset_materialization.metadata
    assert (metadata["dagster/row_count"].value, metadata["cents"].value) == counted
    assert metadata["table"].value == "marts.practice_trajectories"
    assert "Execution Duration" in metadata
    columns = metadata["dagster/column_schema"].value.columns
    assert all(column.description for column in columns)
    assert {column.name: column.type for column in columns}["cost_eur"] == "DECIMAL(18,2)"
    deps = metadata["dagster/column_lineage"].value.deps_by_column
    assert deps["cost_eur"] == [dg.TableColumnDep(dg.AssetKey(["marts", "trajectory_years"]), "cost_eur")]


def test_lineage_of_every_mart_in_sql_is_known(demo_home: Path) -> None:
    home = Home(demo_home)
    nodes = json.loads((home.dbt_target / "manifest.json").read_bytes())["nodes"]
    marts = [
        node["unique_id"] for node in nodes.values() if node["schema"] == "marts" and node["resource_type"] == "model"
    ]
    kept = json.loads((home.dbt_target / "lineage.json").read_bytes())["lineage"]

    assert marts
    assert [mart for mart in marts if not any(kept[mart].values())] == []
