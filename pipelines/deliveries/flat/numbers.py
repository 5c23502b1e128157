"""Amounts and other numbers as people write them: which convention a column follows, and its values in that convention.

Belongs here: deciding how a column is read, once for the whole column, and refusing one that can be read two ways.
Does not belong here: whether a value is allowed.

The decision looks at the *shape* of a value: every digit is ``9``, so a shape shows form and never a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

import polars as pl

from pipelines.deliveries.model import Refused


class Convention(Enum):
    """How a column writes decimals; ``POINT`` also stands for a column of whole numbers."""

    POINT = "."
    COMMA = ","


# Nothing to clean: the form in which exports write nearly every column.
_PLAIN = r"^-?\d+(?:[.,]\d{1,2})?$"
# Spaces of any width, the euro sign and EUR stand beside or inside a number and say nothing.
_DECORATION = (" ", "\t", "\u00a0", "\u202f", "\u2007", "€", "EUR", "eur", "Eur")
_GROUPED = {Convention.POINT: r"\d{1,3}(?:,\d{3})+", Convention.COMMA: r"\d{1,3}(?:\.\d{3})+"}

_SURE_COMMA = re.compile(r"9{1,3}(?:\.999)+,9*|9*,9{1,2}|9*,9{4,}|9{4,},999|Z,9+|9{1,3}(?:\.999){2,}")
_SURE_POINT = re.compile(r"9{1,3}(?:,999)+\.9*|9*\.9{1,2}|9*\.9{4,}|9{4,}\.999|Z\.9+|9{1,3}(?:,999){2,}")
_EITHER_POINT = re.compile(r"9{1,3}\.999")
_EITHER_COMMA = re.compile(r"9{1,3},999")


def plainness(column: pl.Expr) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Of a text column: every filled value is plainly written; a comma occurs; a point occurs (three Booleans)."""
    return (
        column.str.contains(_PLAIN).all(),
        column.str.contains(",", literal=True).any(),
        column.str.contains(".", literal=True).any(),
    )


def cleaned(column: pl.Expr) -> pl.Expr:
    """A text column without spaces, currency and plus sign, its minus sign in front; null where nothing is left."""
    text = (
        column.str.replace_many(list(_DECORATION), [""]).str.replace("\u2212", "-", literal=True).str.strip_prefix("+")
    )
    text = pl.when(text.str.ends_with("-") & ~text.str.starts_with("-")).then("-" + text.str.head(-1)).otherwise(text)
    return pl.when(text != "").then(text)


def shapes(column: pl.Expr) -> pl.Expr:
    """The distinct shapes of a cleaned column, unsigned: ``1.234,50`` is ``9.999,99``, ``0.125`` is ``Z.999``."""
    unsigned = column.str.strip_prefix("-")
    # A lone zero in front cannot be a group of thousands, so it decides what a following separator means.
    return unsigned.str.replace(r"^0([.,])", "Z$1").str.replace_all(r"\d", "9").unique()


def convention_of_amounts(found: Iterable[str], column: str) -> Convention:
    """How a column of amounts writes decimals, from its shapes.

    Args:
        found: shapes (``shapes``).
        column: the column's name, for the reason.

    Raises:
        Refused: ``two_readings`` (contract 3.2, 3.3): both signs are decimal signs somewhere in the column, or three
            digits after a single sign could be thousands as well as decimals.
    """
    seen = frozenset(found)
    convention = _sure_convention(seen, column)
    point_thousands = any(_EITHER_POINT.fullmatch(shape) for shape in seen)
    comma_thousands = any(_EITHER_COMMA.fullmatch(shape) for shape in seen)
    if point_thousands and convention is not Convention.COMMA:
        raise _two_readings(column, "point")
    if comma_thousands and not (convention is Convention.POINT and _has_grouped_point(seen)):
        raise _two_readings(column, "comma")
    return convention or Convention.POINT


def convention_of_numbers(found: Iterable[str], column: str) -> Convention:
    """How a column of other numbers writes decimals: three decimals are usual here, so one sure value decides.

    Raises:
        Refused: ``two_readings``, as for amounts, when no value decides.
    """
    seen = frozenset(found)
    convention = _sure_convention(seen, column)
    if convention is None and any(_EITHER_POINT.fullmatch(shape) for shape in seen):
        raise _two_readings(column, "point")
    if convention is None and any(_EITHER_COMMA.fullmatch(shape) for shape in seen):
        raise _two_readings(column, "comma")
    return convention or Convention.POINT


def _sure_convention(seen: frozenset[str], column: str) -> Convention | None:
    has_comma = any(_SURE_COMMA.fullmatch(shape) for shape in seen)
    has_point = any(_SURE_POINT.fullmatch(shape) for shape in seen)
    if has_comma and has_point:
        raise Refused(
            "two_readings",
            f"Column {column} has both decimal commas (digits,digits) and decimal points (digits.digits), so its "
            "numbers can be read two ways. Write all of them in one form.",
        )
    if has_comma:
        return Convention.COMMA
    return Convention.POINT if has_point else None


def _has_grouped_point(seen: frozenset[str]) -> bool:
    return any("," in shape and _SURE_POINT.fullmatch(shape) for shape in seen)


def _two_readings(column: str, sign: str) -> Refused:
    form = "digits.three digits" if sign == "point" else "digits,three digits"
    return Refused(
        "two_readings",
        f"Column {column} has numbers written as {form}: the {sign} can separate thousands (a whole number) or "
        "decimals (a number with three decimals). Write two decimals, such as 0,00 or 0.00.",
    )


def _as_point(column: pl.Expr, convention: Convention) -> pl.Expr:
    """A cleaned column with a decimal point and no thousands; null where a value is no number in the convention."""
    grouped, decimal = _GROUPED[convention], re.escape(convention.value)
    thousands = "." if convention is Convention.COMMA else ","
    number = rf"^-?(?:\d+|{grouped})?(?:{decimal}\d*)?$"
    point = column.str.replace_all(thousands, "", literal=True).str.replace(convention.value, ".", literal=True)
    return pl.when(column.str.contains(number) & column.str.contains(r"\d")).then(point)


def _cents_of_point(column: pl.Expr) -> pl.Expr:
    # A Decimal keeps cents exact; a float would not.
    return (column.cast(pl.Decimal(18, 2), strict=False) * 100).cast(pl.Int64, strict=False).cast(pl.String)


def plain_cents(column: pl.Expr, convention: Convention) -> pl.Expr:
    """Signed cents as text of a plainly written column; an amount beyond any real one stays as it is."""
    return pl.coalesce(_cents_of_point(column.str.replace(convention.value, ".", literal=True)), column)


def plain_decimals(column: pl.Expr, convention: Convention) -> pl.Expr:
    """A plainly written column with a decimal point."""
    return column if convention is Convention.POINT else column.str.replace(",", ".", literal=True)


def cents(column: pl.Expr, convention: Convention) -> pl.Expr:
    """Signed cents as text of any text column; a value that is no amount of whole cents stays as it is."""
    point = _as_point(cleaned(column), convention)
    # 12.5000 is 12.50: databases write money with four decimals.
    whole_cents = point.str.contains(r"^-?\d*(?:\.\d{0,2}0*)?$")
    trimmed = point.str.replace(r"(\.\d{2})0+$", "$1")
    return pl.coalesce(pl.when(whole_cents).then(_cents_of_point(trimmed)), column)


def typed_cents(column: pl.Expr) -> pl.Expr:
    """Signed cents as text of spreadsheet numbers (a float's text); no whole cents stays as it is."""
    hundredfold = column.cast(pl.Float64, strict=False) * 100
    # A spreadsheet keeps 1234.56 as a binary float: its hundredfold is a whole number but for the last bits.
    is_whole = (hundredfold - hundredfold.round()).abs() < 1e-6
    rounded = hundredfold.round().cast(pl.Int64, strict=False).cast(pl.String)
    return pl.coalesce(pl.when(is_whole).then(rounded), column)


def decimals(column: pl.Expr, convention: Convention) -> pl.Expr:
    """Any text column of numbers with a decimal point; a value that is no number stays as it is."""
    return pl.coalesce(_as_point(cleaned(column), convention), column)
