"""What tables and columns mean, as the models say: the comments that dbt wrote into the candidate.

Belongs here: reading descriptions, and short labels from them. Does not belong here: writing them into a format.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

SCHEMA = "marts"
# A description begins with what the thing is called, and goes on with the details.
_DETAILS = re.compile(r"\s*(?:[:;(]|\.(?:\s|$))")
_DUTCH_TITLE = re.compile(r"\(([^()]+)\)\s*$")
_LONGEST_LABEL = 60


@dataclass(frozen=True)
class TableText:
    """The words about one table.

    Attributes:
        description: what one row is, in English, with the Dutch title between brackets.
        columns: description of each column, in Dutch, by name.
    """

    description: str
    columns: Mapping[str, str]

    @property
    def title_nl(self) -> str:
        """The Dutch title; empty where the description has none."""
        found = _DUTCH_TITLE.search(self.description)
        return found.group(1).rstrip(".") if found else ""


@dataclass(frozen=True)
class Column:
    """One published column.

    Attributes:
        type: DuckDB's name for its type.
    """

    table: str
    name: str
    type: str
    description: str

    @property
    def label_nl(self) -> str:
        """A few words for above a column."""
        return label_of(self.description) or self.name


def label_of(description: str) -> str:
    """The words with which a description begins: ``Zorgprofiel van het traject`` of a longer text."""
    return _DETAILS.split(description, maxsplit=1)[0].replace("`", "")[:_LONGEST_LABEL].strip()


def read_texts(warehouse: Path) -> dict[str, TableText]:
    """The words about every table of the marts, by its name."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select table_name, coalesce(comment, '') from duckdb_tables() where schema_name = ? order by all", [SCHEMA]
        ).fetchall()
        columns = connection.execute(
            """
            select table_name, column_name, coalesce(comment, '') from duckdb_columns()
            where schema_name = ? order by table_name, column_index
            """,
            [SCHEMA],
        ).fetchall()
    return {
        table: TableText(description, {name: text for owner, name, text in columns if owner == table})
        for table, description in tables
    }


def describe_columns(
    tables: Mapping[str, pl.DataFrame], texts: Mapping[str, TableText], added: Mapping[str, str] | None = None
) -> Sequence[Column]:
    """Every column of the published tables, in their order; the types are those of the published DuckDB file.

    Args:
        added: descriptions of columns that tables got on their way here.
    """
    with duckdb.connect() as connection:
        described: list[Column] = []
        for table, frame in tables.items():
            # DuckDB finds the frame by the name of this variable.
            empty = frame.clear().to_arrow()
            rows = connection.execute("describe select * from empty").fetchall()
            known = {**(added or {}), **(texts[table].columns if table in texts else {})}
            described += [Column(table, row[0], row[1], known.get(row[0], "")) for row in rows]
            del empty
    return described
