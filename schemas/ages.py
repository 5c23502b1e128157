"""Whole years between two days, as a polars expression."""

from __future__ import annotations

import polars as pl


def whole_years(born: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Birthdays from ``born`` (Date) to ``day`` (Date, included), Int32; born on 29 February, a birthday is 1 March."""
    had_no_birthday = (_month_and_day(day) < _month_and_day(born)).cast(pl.Int32)
    return day.dt.year() - born.dt.year() - had_no_birthday


def _month_and_day(day: pl.Expr) -> pl.Expr:
    # polars gives the month as Int8, in which February times 100 already wraps around.
    return day.dt.month().cast(pl.Int32) * 100 + day.dt.day()
