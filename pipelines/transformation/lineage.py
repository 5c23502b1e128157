"""Which columns of its parents each column of a model is made of, read from the compiled SQL.

Belongs here: lineage as the SQL says it. Does not belong here: how Dagster shows it (``pipelines/assets/models.py``).
dagster-dbt's own asks dbt for columns through a connection that stays open and locks the next build, and parses a model
again for each of its columns; here the parser (sqlglot) reads each model once, and the result is remembered until the
SQL or a column changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pipelines.home import Home

if TYPE_CHECKING:
    from sqlglot.lineage import Node

Columns = Mapping[str, Mapping[str, str]]
"""``schema.table`` → column → type."""
Lineage = Mapping[str, Mapping[str, list[tuple[str, str]]]]
"""dbt's unique id of a model → column → (unique id of a parent, its column), sorted."""

_DIALECT = "duckdb"


def column_lineage(home: Home, manifest: Mapping[str, Any], columns: Columns) -> Lineage:
    """The lineage of every SQL model that reads other models; models in Python and of sources have none.

    Args:
        home: its ``dbt/target/compiled`` holds the SQL of the last build, and keeps the result.
        manifest: dbt's, as parsed.
        columns: of all tables and views of the candidate.
    """
    texts = dict(_compiled(home, manifest))
    digest = hashlib.sha256(json.dumps([texts, columns], sort_keys=True).encode()).hexdigest()
    kept = home.dbt_target / "lineage.json"
    if kept.exists():
        remembered = json.loads(kept.read_text(encoding="utf-8"))
        if remembered["digest"] == digest:
            return _as_pairs(remembered["lineage"])
    nodes = manifest["nodes"]
    found = {unique_id: _of_model(nodes[unique_id], nodes, text, columns) for unique_id, text in texts.items()}
    kept.write_text(json.dumps({"digest": digest, "lineage": found}), encoding="utf-8")
    return found


def _compiled(home: Home, manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for unique_id, node in manifest["nodes"].items():
        if node["resource_type"] != "model" or node["language"] != "sql":
            continue
        path = home.dbt_target / "compiled" / node["package_name"] / node["original_file_path"]
        # What reads the lake's files has no parent with columns that Dagster shows.
        is_source = [name.startswith("source.") for name in node["depends_on"]["nodes"]]
        if not any(is_source) and path.exists():
            yield unique_id, path.read_text(encoding="utf-8")


def _of_model(
    node: Mapping[str, Any], nodes: Mapping[str, Any], text: str, columns: Columns
) -> dict[str, list[tuple[str, str]]]:
    parents = {
        f"{nodes[name]['schema']}.{nodes[name]['name']}": name for name in node["depends_on"]["nodes"] if name in nodes
    }
    known = tuple((table, tuple(columns.get(table, {}).items())) for table in sorted(parents))
    return {
        column: sorted((parents[table], of) for table, of in found if table in parents)
        for column, found in _read(text, known)
    }


@lru_cache(maxsize=1024)
def _read(
    text: str, tables: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
) -> tuple[tuple[str, frozenset[tuple[str, str]]], ...]:
    """Column → the (``schema.table``, column) that it is made of."""
    # Heavy, and needed only when something changed.
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError
    from sqlglot.lineage import lineage

    schema: dict[str, dict[str, dict[str, str]]] = {}
    for table, columns in tables:
        schema_name, table_name = table.split(".")
        schema.setdefault(schema_name, {})[table_name] = dict(columns)
    try:
        query = parse_one(text, dialect=_DIALECT)
        for named in query.find_all(exp.Table):
            # The file's name: the schema above has none, and both must name a table alike.
            named.set("catalog", None)
        outputs = lineage(None, query, schema, dialect=_DIALECT)
        return tuple((column, frozenset(_leaves(output))) for column, output in outputs.items())
    except (SqlglotError, TypeError):
        # DuckDB took what this parser does not know, such as the star of a function: no lineage rather than no build.
        return ()


def _leaves(output: Node) -> Iterator[tuple[str, str]]:
    from sqlglot import exp

    for leaf in output.walk():
        source = leaf.expression.find(exp.Table)
        if source is not None and not leaf.downstream:
            yield f"{source.db}.{source.name}", exp.to_column(leaf.name).name


def _as_pairs(stored: Mapping[str, Mapping[str, list[list[str]]]]) -> Lineage:
    return {
        model: {column: [(parent, of) for parent, of in pairs] for column, pairs in columns.items()}
        for model, columns in stored.items()
    }
