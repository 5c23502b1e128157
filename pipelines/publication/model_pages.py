"""dbt's own documentation as one static page: every model, its columns, its SQL, its tests, and what it comes from.

``dbt docs generate`` starts dbt again, compiles every node and asks the engine for each table; here the manifest of the
build is put into the page that comes with dbt, with the columns of the candidate in one query: a fraction of a second.
Belongs here: that page. Does not belong here: the data dictionary of what is published (``exporting``).
The page says nothing about persons: descriptions, SQL, types and counts of columns, no rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb

from pipelines.home import Home
from pipelines.publication.errors import PublicationError, os_errors_of

FOLDER = "models"
_PROJECT = "jeugdspiegel"
# Of the moment or of this machine: the same project gives the same page.
_LEFT_OUT = frozenset({"compiled_code", "compiled_path", "build_path", "root_path", "created_at", "checksum"})
_LEFT_OUT_OF_METADATA = frozenset(
    {"generated_at", "invocation_id", "invocation_started_at", "run_started_at", "user_id"}
)


def write_model_pages(home: Home, folder: Path) -> Path:
    """Write the page for the models of the candidate.

    Args:
        home: the home folder, with the manifest of the build and the candidate.
        folder: where everything is that will be published.

    Returns:
        The page, ``<folder>/models/index.html``.

    Raises:
        PublicationError: it cannot be written.
    """
    manifest = readable(json.loads((home.dbt_target / "manifest.json").read_bytes()), home)
    page = _template().replace('"MANIFEST.JSON INLINE DATA"', _embedded(manifest))
    page = page.replace('"CATALOG.JSON INLINE DATA"', _embedded(catalog(manifest, home.candidate)))
    path = folder / FOLDER / "index.html"
    with os_errors_of(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    return path


def readable(manifest: Mapping[str, Any], home: Home) -> dict[str, Any]:
    """The manifest as the page needs it: without dbt's own macros, and without this machine's folders."""
    metadata = {key: value for key, value in manifest["metadata"].items() if key not in _LEFT_OUT_OF_METADATA}
    ours = {key: macro for key, macro in manifest["macros"].items() if macro["package_name"] == _PROJECT}
    # Unit tests hold examples, which say nothing in this page.
    kept = {**manifest, "metadata": metadata, "macros": ours, "unit_tests": {}}
    text = json.dumps(_without(kept))
    for root in {str(home.root), str(home.root.resolve())}:
        text = text.replace(json.dumps(root)[1:-1], "HOME")
    return dict(json.loads(text))


def catalog(manifest: Mapping[str, Any], database: Path) -> dict[str, Any]:
    """dbt's catalog of the nodes that are in the database: type and comment of each column."""
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = connection.execute(
            "select schema_name, table_name, column_name, data_type, comment, column_index "
            "from duckdb_columns() where not internal order by all"
        ).fetchall()
    by_table: dict[tuple[str, str], dict[str, dict[str, object]]] = {}
    for schema, table, column, kind, comment, index in columns:
        described = {"name": column, "type": kind, "comment": comment, "index": index}
        by_table.setdefault((schema, table), {})[column] = described
    nodes = {}
    for unique_id, node in manifest["nodes"].items():
        key = (node.get("schema", ""), node.get("alias", ""))
        if node["resource_type"] in ("model", "seed") and key in by_table:
            about = {"schema": key[0], "name": key[1], "type": node["config"]["materialized"], "database": None}
            nodes[unique_id] = {
                "unique_id": unique_id,
                "metadata": {**about, "comment": node["description"], "owner": None},
                "columns": by_table[key],
                "stats": {},
            }
    return {"metadata": {}, "nodes": nodes, "sources": {}, "errors": None}


def _template() -> str:
    found = find_spec("dbt")
    folders = list(found.submodule_search_locations or ()) if found else []
    for folder in folders:
        path = Path(folder) / "task" / "docs" / "index.html"
        if path.exists():
            return path.read_text(encoding="utf-8")
    raise PublicationError("The page of dbt's documentation is not installed: 'make setup'.")


def _embedded(value: object) -> str:
    # Inside a script element, "</" would end it.
    return json.dumps(value, sort_keys=True).replace("</", "<\\/")


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without(inner) for key, inner in value.items() if key not in _LEFT_OUT}
    if isinstance(value, list):
        return [_without(inner) for inner in value]
    return value
