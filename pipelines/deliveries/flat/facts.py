"""What must be known of a whole export before its first row can be read.

Belongs here: one look at all rows, as aggregates, so that a large file never lies in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import polars as pl

from pipelines.deliveries.flat import numbers, values
from pipelines.deliveries.flat.datasets import Dataset
from pipelines.deliveries.flat.numbers import Convention

ROW_NUMBER = "row_number"
TYPED = "typed:"
OVERFLOW = "overflow"
_PLAINNESS = ("plain", "comma", "point")


@dataclass(frozen=True)
class ColumnForm:
    """How a column of numbers is written.

    Attributes:
        convention: which sign is the decimal one.
        is_plain: every value is plainly so: no spaces, currency or thousands to clean away.
    """

    convention: Convention
    is_plain: bool


@dataclass(frozen=True)
class Facts:
    """What holds for all rows.

    Attributes:
        line_count: rows as the file has them, empty ones included.
        overlong_row: number of the first row with more fields than the header; None where there is none.
        dated_on: the newest of the dataset's own dates; None where it names none.
        forms: per column of amounts or numbers how it is written.
    """

    line_count: int
    overlong_row: int | None
    dated_on: date | None
    forms: Mapping[str, ColumnForm]


def facts_of(rows: pl.LazyFrame, dataset: Dataset) -> Facts:
    """Look at all rows once, and at the columns of numbers that are not plainly written once more.

    Args:
        rows: ``row_number``; text columns under the dataset's (Dutch) names; ``typed:<name>`` Boolean where a
            spreadsheet's cell is a number; ``overflow`` text for what stands behind the header's last column.

    Raises:
        Refused: ``two_readings``.
    """
    names = rows.collect_schema().names()
    columns = [name for name in dataset.columns if name in names]
    numeric = [name for name in (*dataset.amounts, *dataset.numbers) if name in columns]
    own_dates = [name for name in dataset.own_dates if name in columns]
    overlong = pl.col(ROW_NUMBER).filter(pl.col(OVERFLOW).is_not_null()).min() if OVERFLOW in names else pl.lit(None)
    seen = rows.select(
        pl.len().alias("line_count"),
        overlong.alias("overlong_row"),
        *(values.newest_date(pl.col(name)).alias(f"newest:{name}") for name in own_dates),
        *(
            fact.alias(f"{label}:{name}")
            for name in numeric
            for label, fact in zip(_PLAINNESS, numbers.plainness(_text_cells(name, names)), strict=True)
        ),
    ).collect(engine="streaming")
    found = seen.row(0, named=True)
    newest = [found[f"newest:{name}"] for name in own_dates if found[f"newest:{name}"] is not None]
    return Facts(
        line_count=found["line_count"],
        overlong_row=found["overlong_row"],
        dated_on=max(newest, default=None),
        forms=MappingProxyType({name: _form(rows, dataset, name, names, found) for name in numeric}),
    )


def _form(rows: pl.LazyFrame, dataset: Dataset, name: str, names: list[str], found: Mapping[str, object]) -> ColumnForm:
    is_plain, has_comma, has_point = (bool(found[f"{label}:{name}"]) for label in _PLAINNESS)
    if is_plain and not (has_comma and has_point):
        return ColumnForm(Convention.COMMA if has_comma else Convention.POINT, is_plain=True)
    cells = numbers.cleaned(_text_cells(name, names))
    seen = rows.select(numbers.shapes(cells)).collect(engine="streaming").to_series().drop_nulls().to_list()
    decide = numbers.convention_of_amounts if name in dataset.amounts else numbers.convention_of_numbers
    return ColumnForm(decide(seen, name), is_plain=False)


def _text_cells(name: str, names: list[str]) -> pl.Expr:
    """The column without the cells that a spreadsheet typed as numbers: those have one reading already."""
    if TYPED + name not in names:
        return pl.col(name)
    return pl.when(~pl.col(TYPED + name)).then(pl.col(name))
