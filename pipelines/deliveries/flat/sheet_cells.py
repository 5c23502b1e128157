"""What fastexcel does not tell of a worksheet: typed numbers, formulas without a result, error values, merged cells.

Belongs here: one streaming look at the sheet's XML, for the columns that are read. Values come from fastexcel.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

import polars as pl
from xml2arrow import Xml2ArrowError, XmlToArrowParser

from pipelines.deliveries.model import Refused

_MAPPING = Path(__file__).with_name("sheet_cells.yaml")
_BATCH_ROWS = 200_000
_RANGE = re.compile(r"\$?[A-Z]+\$?(\d+)(?::\$?[A-Z]+\$?(\d+))?")


@dataclass(frozen=True)
class SheetCells:
    """What stands in a sheet besides its text.

    Attributes:
        numbers: ``row`` and ``column`` (both 0-based) of cells that hold a typed number.
        no_result: the same of formulas that were never calculated.
        errors: the same of cells that show an error, such as a division by zero.
        merged_rows: first and last row (0-based) of each merged range.
    """

    numbers: pl.DataFrame
    no_result: pl.DataFrame
    errors: pl.DataFrame
    merged_rows: tuple[tuple[int, int], ...]


@cache
def _parser() -> XmlToArrowParser:
    return XmlToArrowParser(str(_MAPPING))


def read_cells(sheet: IO[bytes], columns: Sequence[int]) -> SheetCells:
    """Look at a worksheet's XML.

    Args:
        sheet: the worksheet's part of the workbook.
        columns: the columns (0-based) to look at; the merged ranges are those of the whole sheet.

    Raises:
        Refused: ``not_well_formed``.
    """
    kinds: dict[str, list[pl.DataFrame]] = {"numbers": [], "no_result": [], "errors": []}
    merged: list[tuple[int, int]] = []
    try:
        for name, batch in _parser().parse_batches(sheet, max_rows_per_batch=_BATCH_ROWS):
            frame = pl.DataFrame(batch)
            if name == "merges":
                merged.extend(rows for text in frame["reference"].drop_nulls() if (rows := _rows_of(text)))
                continue
            cells = _located(frame).filter(pl.col("column").is_in(list(columns)))
            is_formula = pl.col("formula").is_not_null() | pl.col("formula_type").is_not_null()
            is_number = pl.col("type").is_null() | (pl.col("type") == "n")
            # A formula whose result is an empty text has type str and no value.
            is_text = (pl.col("type") == "str").fill_null(False)
            where = {
                "numbers": is_number & pl.col("value").is_not_null(),
                "no_result": is_formula & pl.col("value").is_null() & ~is_text,
                "errors": (pl.col("type") == "e").fill_null(False),
            }
            for kind, condition in where.items():
                kinds[kind].append(cells.filter(condition).select("row", "column"))
    except (Xml2ArrowError, OSError):
        raise Refused("not_well_formed", "A sheet of the workbook is damaged. Save it again as .xlsx.") from None
    nothing = pl.DataFrame(schema={"row": pl.UInt32, "column": pl.UInt32})
    found = {kind: pl.concat([nothing, *frames]) for kind, frames in kinds.items()}
    return SheetCells(**found, merged_rows=tuple(merged))


def _located(cells: pl.DataFrame) -> pl.DataFrame:
    """``row`` and ``column`` from a reference such as ``BC12``; by order where a writer left references out."""
    letters = cells["reference"].str.extract(r"^([A-Z]+)").alias("letters")
    distinct = letters.unique().drop_nulls()
    numbered = dict(zip(distinct, map(_column_of, distinct), strict=True))
    return cells.with_columns(
        row=pl.coalesce(pl.col("reference").str.extract(r"(\d+)$").cast(pl.UInt32, strict=False) - 1, pl.col("<row>")),
        column=pl.coalesce(letters.replace_strict(numbered, default=None, return_dtype=pl.UInt32), cells["<cell>"]),
    )


def _column_of(letters: str) -> int:
    number = 0
    for letter in letters[:4]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _rows_of(merge: str) -> tuple[int, int] | None:
    match = _RANGE.fullmatch(merge)
    if match is None:
        return None
    first = int(match.group(1)) - 1
    return first, int(match.group(2) or match.group(1)) - 1
