"""Rows that were accepted and are no longer there: whose they were (as pseudonyms), and how many each file lost.

Belongs here: the two small files of the lake that remember removals, and counting. Does not belong here: which rows go
(``erasing``, ``retention``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.home import Home
from pipelines.parquet import read_parquet
from schemas.lake_files import ERASED, REMOVED

PLACE = ["file_sha256", "row_number"]
ERASURE, EXPIRY = "erased", "expired"
# An answer as a whole is no row of its file: its rows are the lines that it lists.
WITHOUT_ROWS = "decisions"


@dataclass(frozen=True)
class Cleaned:
    """A delivery without the persons who were erased; ``rows`` and ``cents`` (signed) are what it lost by that."""

    tables: Mapping[str, pl.DataFrame]
    findings: pl.DataFrame | None
    rows: int
    cents: int


def erased_path(home: Home) -> Path:
    """Where the pseudonyms of erased persons are kept."""
    return home.lake / "erased.parquet"


def removed_path(home: Home) -> Path:
    """Where it is kept how many rows each file lost."""
    return home.lake / "removed.parquet"


def erased_keys(home: Home) -> pl.Series:
    """The ``client_key`` of each erased person."""
    return read_parquet(erased_path(home), ERASED)["client_key"]


def without(frame: pl.DataFrame, erased: pl.Series) -> pl.DataFrame:
    """The rows of a lake's table that are not about an erased person; a row about nobody stays."""
    if "client_key" not in frame.columns:
        return frame
    return frame.filter(~pl.col("client_key").is_in(erased.implode()).fill_null(value=False))


def cleaned(tables: Mapping[str, pl.DataFrame], findings: pl.DataFrame | None, erased: pl.Series) -> Cleaned:
    """A delivery's tables and findings, as ``lake.Entry`` has them, without erased persons."""
    kept = {name: without(table, erased) for name, table in tables.items()}
    gone = [
        table.join(kept[name].select(PLACE), on=PLACE, how="anti").select(
            *PLACE, cents="amount_cents" if name == "declaration_lines" else pl.lit(0, dtype=pl.Int64)
        )
        for name, table in tables.items()
        if kept[name].height < table.height
    ]
    if not gone:
        return Cleaned(tables, findings, 0, 0)
    lost = pl.concat(gone)
    if findings is not None:
        findings = findings.filter(~pl.col("row_number").is_in(lost["row_number"].implode()))
    return Cleaned(kept, findings, lost["row_number"].n_unique(), int(lost["cents"].sum()))


def with_counts(home: Home, counts: pl.DataFrame, replaced: Iterable[str] = ()) -> pl.DataFrame:
    """The removals known so far and new ones (``REMOVED``), taken together.

    Args:
        home: the home folder.
        counts: what files lost, as ``REMOVED``.
        replaced: ``file_sha256`` of files whose rows are written anew: what they lost before does not count any more.
    """
    known = read_parquet(removed_path(home), REMOVED)
    known = known.filter(~pl.col("file_sha256").is_in(sorted(replaced)))
    whole = pl.concat([known, counts.select(pl.col(name).cast(dtype) for name, dtype in REMOVED.items())])
    return (
        whole.group_by("file_sha256", "reason")
        .agg(pl.col("rows_removed", "cents_removed").sum())
        .sort("file_sha256", "reason")
    )
