"""What a built model tells the people who look at it: rows, cents, columns with comments, and where each comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipelines.census import table_cents, table_columns, table_rows
from pipelines.home import Home
from pipelines.transformation.lineage import column_lineage

_COST = "cost_eur"
_READ_BY_PEOPLE = ("marts", "ops")


def model_metadata(home: Home, manifest: Mapping[str, Any]) -> dict[dg.AssetKey, dict[str, Any]]:
    """Metadata per asset of dbt, read from the candidate that was just built.

    dbt has the candidate for itself while it builds: this is read after it, through short connections.
    """
    rows, columns = table_rows(home.candidate), table_columns(home.candidate)
    costly = {
        table: _COST for table in rows if table.split(".")[0] in _READ_BY_PEOPLE and _COST in columns.get(table, {})
    }
    cents = table_cents(home.candidate, costly)
    lineage = column_lineage(home, manifest, columns)
    nodes = manifest["nodes"]
    found: dict[dg.AssetKey, dict[str, Any]] = {}
    for unique_id, node in nodes.items():
        table = f"{node['schema']}.{node['name']}"
        if table not in columns:
            continue
        found[_key(node)] = {
            **({"dagster/row_count": rows[table]} if table in rows else {}),
            **({"cents": cents[table]} if table in cents else {}),
            "table": table,
            "dagster/column_schema": _schema(node, columns[table]),
            **_sources(lineage.get(unique_id, {}), nodes),
        }
    return found


def _key(node: Mapping[str, Any]) -> dg.AssetKey:
    return dg.AssetKey([node["schema"], node["name"]])


def _schema(node: Mapping[str, Any], columns: Mapping[str, str]) -> dg.TableSchema:
    comments = {name: column.get("description") or None for name, column in node["columns"].items()}
    return dg.TableSchema(
        [dg.TableColumn(name, kind, description=comments.get(name)) for name, kind in columns.items()]
    )


def _sources(
    lineage: Mapping[str, list[tuple[str, str]]], nodes: Mapping[str, Mapping[str, Any]]
) -> dict[str, dg.TableColumnLineage]:
    if not lineage:
        return {}
    deps = {
        column: [dg.TableColumnDep(_key(nodes[parent]), of) for parent, of in pairs]
        for column, pairs in lineage.items()
    }
    return {"dagster/column_lineage": dg.TableColumnLineage(deps)}
