"""Dates, times, codes and identifiers as people write them, to the form that the standard has.

Belongs here: values with exactly one reading. A value with none stays as it is, so that validation names it.
Each function takes a Series of distinct filled values and gives their readings in the same order (``by_distinct``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import polars as pl

Reading = Callable[[pl.Series], pl.Series]

_DUTCH_DATE = r"^(\d{1,2})-(\d{1,2})-(\d{4})$"
_ISO_MOMENT = r"^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$"
_TIME = r"^(?:\d{4}-\d{2}-\d{2}[T ])?(\d{1,2}:\d{2})(:\d{2})?(?:\.\d+)?$"
_BSN_LENGTH, _AGB_LENGTH, _MUNICIPALITY_LENGTH, _CODE_LENGTH = 9, 8, 4, 2


def by_distinct(column: pl.Expr, read: Reading, whole_length: int | None = None) -> pl.Expr:
    """Apply a reading to each distinct value of a column once; codes and dates repeat thousands of times.

    Args:
        column: the column.
        read: the reading.
        whole_length: bytes of a value from which on the reading changes nothing; None when it may change any.
    """

    def apply(values: pl.Series) -> pl.Series:
        # Telling values apart costs more than all else.
        if whole_length is not None and not (values.str.len_bytes() < whole_length).any():
            return values
        distinct = values.unique().drop_nulls()
        readings = read(distinct)
        changed = (readings != distinct).fill_null(True)
        if not changed.any():
            return values
        return values.replace(distinct.filter(changed), readings.filter(changed))

    return column.map_batches(apply, return_dtype=pl.String)


def iso_dates(values: pl.Series) -> pl.Series:
    """``31-03-2019`` and ``2019-03-31 00:00:00`` to ``2019-03-31``; a day that does not exist stays as it is."""
    text = pl.col("text")
    day, month, year = (text.str.extract(_DUTCH_DATE, group) for group in (1, 2, 3))
    dutch = pl.concat_str(year, pl.lit("-"), month.str.zfill(2), pl.lit("-"), day.str.zfill(2))
    moment = text.str.extract(_ISO_MOMENT, 1)
    iso = pl.coalesce(dutch, moment)
    exists = iso.str.to_date("%Y-%m-%d", strict=False).is_not_null()
    return values.to_frame("text").select(pl.when(exists).then(iso).otherwise(text)).to_series()


def newest_date(column: pl.Expr) -> pl.Expr:
    """The newest date that exists in a column, as a Date; null when there is none."""
    return column.unique().map_batches(iso_dates, return_dtype=pl.String).str.to_date("%Y-%m-%d", strict=False).max()


def iso_times(values: pl.Series) -> pl.Series:
    """``9:05`` and a spreadsheet's ``1899-12-31 09:05:00`` to ``09:05:00``."""
    text = pl.col("text")
    hours_minutes, seconds = text.str.extract(_TIME, 1), text.str.extract(_TIME, 2)
    time = pl.concat_str(hours_minutes.str.zfill(5), seconds.fill_null(":00"))
    return values.to_frame("text").select(pl.coalesce(time, text)).to_series()


def _eleven_proof(text: pl.Expr) -> pl.Expr:
    # CS002: the weighted sum of the nine digits is a multiple of 11; the last digit weighs -1.
    digit = [text.str.slice(place, 1).cast(pl.Int64, strict=False) for place in range(_BSN_LENGTH)]
    weighted = pl.sum_horizontal(digit[place] * weight for place, weight in enumerate((9, 8, 7, 6, 5, 4, 3, 2, -1)))
    return (weighted % 11 == 0) & (weighted != 0)


def whole_bsns(values: pl.Series) -> pl.Series:
    """A BSN of eight digits gets its zero back when the nine digits then pass the 11-proef (CS002).

    A BSN with two leading zeros was never issued, so seven digits have no reading.
    """
    short = values.filter(values.str.contains(r"^[1-9][0-9]{7}$"))
    padded = short.str.zfill(_BSN_LENGTH)
    passes = padded.to_frame("text").select(_eleven_proof(pl.col("text"))).to_series()
    return values.replace(short.filter(passes), padded.filter(passes))


def whole_agb_codes(values: pl.Series) -> pl.Series:
    """An AGB code of seven digits gets its zero back: kinds of care begin at ``01``, so no code lost two."""
    return _padded(values, r"^[1-9][0-9]{6}$", _AGB_LENGTH)


def whole_municipality_codes(values: pl.Series) -> pl.Series:
    """A municipality code of one to three digits gets its zeros back (``34`` is ``0034``)."""
    return _padded(values, r"^[1-9][0-9]{0,2}$", _MUNICIPALITY_LENGTH)


def whole_codes(values: pl.Series) -> pl.Series:
    """A code of a two-digit list that lost its zero (``2`` is ``02``)."""
    return _padded(values, r"^[0-9]$", _CODE_LENGTH)


def _padded(values: pl.Series, lost: str, length: int) -> pl.Series:
    text = pl.col("text")
    padded = pl.when(text.str.contains(lost)).then(text.str.zfill(length)).otherwise(text)
    return values.to_frame("text").select(padded).to_series()


WHOLE_LENGTHS: Mapping[Reading, int] = MappingProxyType(
    {
        whole_bsns: _BSN_LENGTH,
        whole_agb_codes: _AGB_LENGTH,
        whole_municipality_codes: _MUNICIPALITY_LENGTH,
        whole_codes: _CODE_LENGTH,
    }
)
"""Readings that give lost zeros back, and the length of a value that lost none."""

SEXES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("m", "man", "mannelijk", "jongen", "1"), "1"),
        **dict.fromkeys(("v", "vrouw", "vrouwelijk", "meisje", "2"), "2"),
        **dict.fromkeys(("o", "x", "onbekend", "0"), "0"),
    }
)
REFERRER_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "gemeente": "01",
        "huisarts": "02",
        "jeugdarts": "03",
        "gecertificeerde instelling": "04",
        "medisch specialist": "05",
        "zelfverwijzer": "06",
        "geen verwijzer": "06",
        "zelfverwijzer/geen verwijzer": "06",
        "rechter": "08",
    }
)
DEBIT_CREDITS: Mapping[str, str] = MappingProxyType({"d": "D", "debet": "D", "c": "C", "credit": "C"})
VERDICTS: Mapping[str, str] = MappingProxyType({"toegekend": "approved", "afgekeurd": "rejected", "open": "open"})


def listed(words: Mapping[str, str]) -> Reading:
    """A reading that knows the words of a list in any case; other values stay as they are."""

    def read(values: pl.Series) -> pl.Series:
        return values.str.to_lowercase().replace_strict(dict(words), default=values, return_dtype=pl.String)

    return read


def referrer_types(values: pl.Series) -> pl.Series:
    """COD327: the code, also without its zero, or the word of the list."""
    return whole_codes(listed(REFERRER_TYPES)(values))
