"""The published figures as files: Parquet, DuckDB, a data dictionary.

The same frames give the same Parquet bytes: rows in the order of their values, one compression, no clock.

Belongs here: formats that a program reads. Does not belong here: the workbook (``workbook.py``).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import duckdb
import polars as pl

from pipelines.parquet import write_parquet
from pipelines.publication.describing import SCHEMA, Column, TableText

DUCKDB_NAME = "jeugdspiegel.duckdb"
# The newest format that DuckDB 1.4 reads; a newer DuckDB would write its own newest by default.
_STORAGE_VERSION = "v1.2.0"

_PAGE = """<!doctype html>
<html lang="nl">
<head>
<meta charset="utf-8">
<title>Gegevenswoordenboek</title>
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #ddd; }}
code {{ white-space: nowrap; }}
</style>
</head>
<body>
<h1>Gegevenswoordenboek</h1>
<p>Elke tabel staat in <code>{duckdb}</code> (schema <code>{schema}</code>)
en als <code>parquet/&lt;tabel&gt;.parquet</code>.
Een weggelaten getal is leeg, en dan is <code>is_suppressed</code> waar.</p>
{sections}
</body>
</html>
"""


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows in the order of their values, first column first; without a value comes last."""
    return frame.sort(frame.columns, nulls_last=True) if frame.width else frame


def write_tables(tables: Mapping[str, pl.DataFrame], folder: Path) -> None:
    """One Parquet file per table."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        write_parquet(frame, folder / f"{name}.parquet")


def write_duckdb(parquet: Path, texts: Mapping[str, TableText], columns: Sequence[Column], path: Path) -> None:
    """A DuckDB file with one table per Parquet file of a folder, and a comment on each table and column.

    Args:
        parquet: the folder that :func:`write_tables` filled.
        path: must not exist.
    """
    tables = list(dict.fromkeys(column.table for column in columns))
    with duckdb.connect() as connection:
        connection.execute(f"attach {_literal(str(path))} as published (storage_version '{_STORAGE_VERSION}')")
        connection.execute(f"create schema published.{SCHEMA}")
        for table in tables:
            place = f'published.{SCHEMA}."{table}"'
            file = _literal(str(parquet / f"{table}.parquet"))
            connection.execute(f"create table {place} as select * from read_parquet({file})")
            if table in texts:
                connection.execute(f"comment on table {place} is {_literal(texts[table].description)}")
        for column in columns:
            place = f'published.{SCHEMA}."{column.table}"."{column.name}"'
            connection.execute(f"comment on column {place} is {_literal(column.description)}")
        connection.execute("detach published")


def write_dictionary(texts: Mapping[str, TableText], columns: Sequence[Column], folder: Path) -> None:
    """``data_dictionary.csv`` for programs, ``data_dictionary.html`` for people."""
    with (folder / "data_dictionary.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("table", "column", "type", "label_nl", "description"))
        writer.writerows((one.table, one.name, one.type, one.label_nl, one.description) for one in columns)
    tables = dict.fromkeys(column.table for column in columns)
    page = _PAGE.format(
        duckdb=DUCKDB_NAME,
        schema=SCHEMA,
        sections="\n".join(
            _section(table, texts.get(table), [one for one in columns if one.table == table]) for table in tables
        ),
    )
    (folder / "data_dictionary.html").write_text(page, encoding="utf-8")


def _section(table: str, text: TableText | None, columns: Sequence[Column]) -> str:
    rows = "\n".join(
        f"<tr><td><code>{escape(one.name)}</code></td><td><code>{escape(one.type)}</code></td>"
        f"<td>{escape(one.description)}</td></tr>"
        for one in columns
    )
    about = escape(text.description) if text else ""
    return (
        f'<h2 id="{escape(table)}">{escape(table)}</h2>\n<p>{about}</p>\n'
        f"<table><tr><th>kolom</th><th>type</th><th>betekenis</th></tr>\n{rows}\n</table>"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
