"""Frames of text → one frame of typed columns, with what was delivered beside each cast column.

A value that cannot be cast becomes null here and is named by a rule later (``not_a_date``, ``not_a_number``): it is
never lost in silence, because the text stays beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from pipelines.deliveries.model import RawDelivery
from schemas.dataset import Dataset, typed_columns
from schemas.fields import TEXT_SUFFIX

_CASTS: Mapping[type[pl.DataType], Callable[[pl.Expr], pl.Expr]] = {
    pl.Date: lambda text: text.str.to_date("%Y-%m-%d", strict=False),
    pl.Time: lambda text: text.str.to_time("%H:%M:%S%.f", strict=False),
    pl.Int64: lambda text: text.cast(pl.Int64, strict=False),
    pl.Int32: lambda text: text.cast(pl.Int32, strict=False),
    pl.Float64: lambda text: text.cast(pl.Float64, strict=False),
    pl.Decimal: lambda text: text.cast(pl.Decimal(18, 2), strict=False),
    pl.Boolean: lambda text: text.replace_strict(["true", "false"], [True, False], default=None),
}
# The casts take one-digit months and hours too; xs:date and xs:time have two.
_MINIMUM_LENGTH: Mapping[type[pl.DataType], int] = {
    pl.Date: 10,
    pl.Time: 8,
}


def assemble(raws: Sequence[RawDelivery], dataset: Dataset) -> pl.DataFrame:
    """The dataset's rows of all deliveries, as text.

    Returns:
        ``delivery`` (the delivery's place, UInt32), ``row_number`` (Int32) and each delivered column (str); a column
        that a delivery does not have is null, or the header's value where that is the same for all rows.
    """
    frames = []
    for place, raw in enumerate(raws):
        table = raw.tables.get(dataset.name)
        if table is None:
            continue
        header = {"municipality_code": raw.header.municipality_code, "provider_agb": raw.header.provider_agb}
        columns = [
            pl.col(name) if name in table.columns else pl.lit(header.get(name), dtype=pl.String).alias(name)
            for name in dataset.delivered
        ]
        rows = pl.lit(place, dtype=pl.UInt32).alias("delivery"), pl.col("row_number").cast(pl.Int32)
        frames.append(table.select(*rows, *columns))
    return pl.concat(frames, rechunk=len(frames) > 1)


def typed(text: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """Cast an assembled frame; returns the columns of ``typed_columns(dataset)``."""
    names = dataset.cast_columns
    frame = text.with_columns(
        *(_cast(pl.col(name), dataset.delivered[name]).alias(name) for name in names),
        *(pl.col(name).alias(name + TEXT_SUFFIX) for name in names),
    )
    failed = [name for name in names if frame[name].null_count() > text[name].null_count()]
    # xs:date and xs:integer allow white space around the value; it is rare enough to look for it afterwards.
    again = [
        _cast(pl.col(name + TEXT_SUFFIX).str.strip_chars(), dataset.delivered[name]).alias(name) for name in failed
    ]
    return frame.with_columns(again).select(*typed_columns(dataset))


def _cast(text: pl.Expr, dtype: pl.DataType | type[pl.DataType]) -> pl.Expr:
    values = _CASTS[dtype.base_type()](text)
    length = _MINIMUM_LENGTH.get(dtype.base_type())
    return values if length is None else pl.when(text.str.len_bytes() >= length).then(values)
