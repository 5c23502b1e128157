"""Rows of a dataset into its files of one month each: which month, in which order, beside what is there already.

Belongs here: the layout of a dataset's rows. Does not belong here: which deliveries there are (``lake``), or how a
file is written (``parquet``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.parquet import is_one_value, one_value, read_parquet, write_parquet
from schemas.dataset import Dataset

_PIECE_ROWS = 262_144


def month_files(folder: Path) -> list[Path]:
    """The files of a dataset's folder that have rows, in order of month."""
    return sorted(folder.glob("month=*.parquet"))


def append_rows(folder: Path, dataset: Dataset, rows: pl.DataFrame) -> None:
    """Add rows (the dataset's lake columns) to the files of their months; rows of a file there replace themselves."""
    for month, of_month in by_month(rows, dataset.month_of):
        path = folder / f"month={month // 12:04}-{month % 12 + 1:02}.parquet"
        whole = of_month
        if path.exists():
            new = of_month.cast(pl.Schema(dataset.lake))
            known = without_files(read_parquet(path, dataset.lake), new["file_sha256"].unique())
            whole = pl.concat([known, new])
        write_parquet(_sorted(whole), path)


def without_files(rows: pl.DataFrame, shas: pl.Series) -> pl.DataFrame:
    """The rows of other files than these."""
    return rows.filter(~pl.col("file_sha256").is_in(shas.implode()))


def by_month(rows: pl.DataFrame, month_of: str) -> Iterator[tuple[int, pl.DataFrame]]:
    """Each month (years times twelve, January 0) and its rows, in their order.

    Piece by piece, because parting one chunk of memory costs a tenth of parting a frame of many. Columns with one
    value, such as the file's own, are not moved: they stay one value until they are written, a text as ``Enum``.
    """
    day = pl.col(month_of)
    month = (day.dt.year().cast(pl.Int32) * 12 + day.dt.month() - 1).alias("month")
    same = {values.name: one_value(values) for values in rows if values.name != month_of and is_one_value(values)}
    found: dict[int, list[pl.DataFrame]] = {}
    for piece in rows.drop(list(same)).iter_slices(_PIECE_ROWS):
        parts = piece.with_columns(month).partition_by("month", as_dict=True, include_key=False, maintain_order=True)
        for (number,), part in parts.items():
            found.setdefault(number, []).append(part)
    for number, pieces in sorted(found.items()):
        yield number, pl.concat(pieces).select(same.get(name, pl.col(name)) for name in rows.columns)


def _sorted(rows: pl.DataFrame) -> pl.DataFrame:
    shas = rows["file_sha256"]
    if shas.is_empty() or (shas == shas[0]).all():
        is_sorted = rows["row_number"].is_sorted()
        return rows if is_sorted else rows.sort("row_number", maintain_order=True)
    return rows.sort("file_sha256", "row_number", maintain_order=True)
