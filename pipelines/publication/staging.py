"""The candidate becomes a publication: every file that people will read, written beside the exact warehouse.

Belongs here: what is in a publication and in which order it is written. Does not belong here: the formats
(``exporting.py``, ``workbook.py``) and putting it live (``shelf.py``).
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines.home import Home
from pipelines.parquet import write_parquet
from pipelines.publication import exporting, shelf
from pipelines.publication.describing import TableText, describe_columns, read_texts
from pipelines.publication.errors import os_errors_of
from pipelines.publication.workbook import write_workbook

MASK = "mask.parquet"
AUDIT_TABLE = "disclosure_audit"


@dataclass(frozen=True)
class KeptFigures:
    """What an earlier publication showed, and why what it did not show was hidden.

    Attributes:
        tables: its published tables by name, the audit excepted.
        mask: its mask.
    """

    tables: Mapping[str, pl.DataFrame]
    mask: pl.DataFrame


def stage(
    home: Home,
    tables: Mapping[str, pl.DataFrame],
    mask: pl.DataFrame,
    texts: Mapping[str, TableText] | None = None,
    added_columns: Mapping[str, str] | None = None,
) -> dict[str, int]:
    """Write everything of the publication but its manifest into the candidate's folder.

    Args:
        tables: every published table by name, protected.
        mask: which cells are hidden and why; kept for its owner alone.
        texts: the words about tables that the candidate does not have.
        added_columns: the words about columns that it does not have.

    Returns:
        Rows per published table.

    Raises:
        PublicationError: something cannot be written.
    """
    described = {**read_texts(home.candidate), **(texts or {})}
    ordered = {name: exporting.in_order(frame) for name, frame in sorted(tables.items())}
    columns = describe_columns(ordered, described, added_columns)
    published = home.staged
    with os_errors_of(published):
        shutil.rmtree(published, ignore_errors=True)
        published.mkdir(parents=True)
        exporting.write_tables(ordered, published / "parquet")
        exporting.write_duckdb(published / "parquet", described, columns, published / exporting.DUCKDB_NAME)
        exporting.write_dictionary(described, columns, published)
        write_workbook(
            ordered,
            described,
            columns,
            published / "xlsx" / "jeugdspiegel.xlsx",
            known_until=_newest_delivery(home.candidate),
            scratch=home.candidate.parent,
        )
        write_parquet(mask, published.parent / MASK)
    return {name: frame.height for name, frame in ordered.items()}


def kept_figures(home: Home) -> tuple[KeptFigures, ...]:
    """What every kept publication showed, oldest first."""
    return tuple(
        KeptFigures(
            tables={
                file.stem: pl.read_parquet(file)
                for file in sorted((publication.folder / home.published.name / "parquet").glob("*.parquet"))
                if file.stem != AUDIT_TABLE
            },
            mask=pl.read_parquet(publication.folder / MASK),
        )
        for publication in shelf.kept(home)
        if (publication.folder / MASK).exists()
    )


def _newest_delivery(warehouse: Path) -> date | None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        try:
            row = connection.execute("select max(message_date) from ops.deliveries").fetchone()
        except duckdb.CatalogException:
            return None
    return row[0] if row else None
