"""Models as dbt compiled them for the demo, run in DuckDB on tables that a test makes: no second dbt."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.home import Home

Rows = Sequence[Mapping[str, Any]]


def run_model(connection: duckdb.DuckDBPyConnection, home: Path, name: str) -> None:
    """Make the table of one model from the tables that are there.

    Args:
        home: a home folder in which a run succeeded.
        name: of the model, without its schema.
    """
    (path,) = (Home(home).dbt_target / "compiled" / "jeugdspiegel" / "models").rglob(f"{name}.sql")
    schema = "marts" if "marts" in path.parts else "intermediate"
    # the file that it was compiled for is not the one that we are in
    statement = re.sub(r'"\w+"\."(\w+)"\."', r'"\1"."', path.read_text(encoding="utf-8"))
    connection.execute(f"create schema if not exists {schema}; create or replace table {schema}.{name} as {statement}")


def put(connection: duckdb.DuckDBPyConnection, name: str, rows: Rows, schema: Mapping[str, Any]) -> None:
    """Make a table (``schema.name``) from rows; a column that a row does not have is null."""
    frame = pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=dict(schema))
    connection.execute(f"create schema if not exists {name.split('.')[0]}; create table {name} as select * from frame")
    del frame
