"""The reusable fields: what a BSN, an AGB code, an amount or a code list is. Each function gives rules for one column.

Numbers behind a rule are those of iJw 3.2 (CS, CD, RS) or its datatypes (LDT). Code lists differ per release: the 2.x
list is that of release 2.3, the 3.x list that of 3.2; a flat export names no release, so both lists hold for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from schemas.rules import EVERYWHERE, Rule, RuleCode, Scope

MAX_CENTS = 99_999_999  # LDT_Bedrag, LDT_Budget
MAX_NUMBER = 999_999_999  # LDT_Nummer
MAX_VOLUME = 99_999_999  # LDT_Volume

_BSN_LENGTH = 9

TEXT_SUFFIX = "_text"
"""A column that is cast keeps what was delivered beside it, under its name with this suffix."""

SEX = {"2": ("0", "1", "2"), "3": ("0", "1", "2")}
DATE_USE = {"2": ("1", "2", "3"), "3": ("1", "2", "3")}
DEBIT_CREDIT = {"2": ("C", "D"), "3": ("C", "D")}
UNIT = {
    "2": ("01", "04", "14", "16", "21", "81", "82", "83"),
    "3": ("01", "04", "14", "16", "82", "83", "84"),
}
FREQUENCY = {"2": ("1", "2", "3", "4", "5", "6"), "3": ("1", "2", "4", "6")}
CHANGE_REASON = {
    "2": tuple(f"{number:02}" for number in range(1, 12)),
    "3": tuple(f"{number:02}" for number in range(1, 15)),
}
END_REASON = {
    "2": ("02", "20", "31", "32", "33", "34", "35"),
    "3": ("02", "20", "31", "32", "33", "34", "35", "36", "37", "38", "39"),
}
# CS058 is a rule of 3.x; the 2.3 list has four values and no rule text that forbids two of them.
DELIVERY_STATUS = {"2": ("1", "2", "3", "9"), "3": ("1", "3")}
REFERRER_TYPE = {
    "2": ("01", "02", "03", "04", "05", "06", "07", "08"),
    "3": ("01", "02", "03", "04", "05", "06", "08"),
}
PRODUCT_CATEGORY = {major: tuple(str(number) for number in (*range(31, 39), *range(40, 56))) for major in ("2", "3")}
VERDICT = ("approved", "rejected", "open")


def rule(code: RuleCode, passes: pl.Expr, scope: Scope = EVERYWHERE) -> Rule:
    """A rule within a scope."""
    return Rule(code, passes, scope.kinds, scope.majors)


def required(field: str, scope: Scope = EVERYWHERE, *, is_cast: bool = False) -> tuple[Rule, ...]:
    """The column is filled; white space alone breaks the rule of the column's form (a code list, digits, a date)."""
    delivered = pl.col(field + TEXT_SUFFIX if is_cast else field)
    return (rule(RuleCode("required", field, "The value is missing.", "RS033"), delivered.is_not_null(), scope),)


def not_blank(field: str, scope: Scope = EVERYWHERE) -> tuple[Rule, ...]:
    """The column is filled with more than white space, for text that has no other form."""
    passes = pl.col(field).is_not_null() & pl.col(field).str.contains(r"\S").fill_null(value=True)
    return (rule(RuleCode("required", field, "The value is missing.", "RS033"), passes, scope),)


def _castable(field: str, code: str, message: str, standard: str, scope: Scope) -> tuple[Rule, ...]:
    delivered = pl.col(field + TEXT_SUFFIX)
    passes = pl.col(field).is_not_null() | delivered.is_null()
    return (rule(RuleCode(code, field, message, standard), passes, scope),)


def date_field(field: str, scope: Scope = EVERYWHERE) -> tuple[Rule, ...]:
    """A filled value is a date that exists, as ``2019-03-31``."""
    return _castable(field, "not_a_date", "The value is not an existing date in the form YYYY-MM-DD.", "RS032", scope)


def time_field(field: str, scope: Scope = EVERYWHERE) -> tuple[Rule, ...]:
    """A filled value is a time of day, as ``09:30:00``."""
    return _castable(field, "not_a_time", "The value is not a time of day in the form HH:MM:SS.", "LDT_Tijd", scope)


def number_field(field: str, standard: str, scope: Scope = EVERYWHERE) -> tuple[Rule, ...]:
    """A filled value is a number."""
    return _castable(field, "not_a_number", "The value is not a number.", standard, scope)


def in_range(field: str, low: int, high: int, standard: str, scope: Scope = EVERYWHERE) -> tuple[Rule, ...]:
    """The number lies between two bounds, both included."""
    code = RuleCode("out_of_range", field, f"The value is not between {low} and {high}.", standard)
    return (rule(code, pl.col(field).is_between(low, high), scope),)


def cents(field: str, scope: Scope = EVERYWHERE) -> tuple[Rule, ...]:
    """Unsigned cents; the sign is in a column of its own (IV024)."""
    code = RuleCode("negative_amount", field, "The amount is negative: debit or credit gives the sign.", "IV024")
    return (*number_field(field, "LDT_Bedrag", scope), rule(code, pl.col(field) >= 0, scope))


def at_most_cents(field: str, scope: Scope = EVERYWHERE) -> tuple[Rule, ...]:
    """The amount is not above what a message can hold."""
    code = RuleCode("above_maximum", field, f"The amount is more than {MAX_CENTS} cents.", "LDT_Bedrag")
    return (rule(code, pl.col(field) <= MAX_CENTS, scope),)


def at_most(field: str, length: int, standard: str, scope: Scope = EVERYWHERE) -> tuple[Rule, ...]:
    """The text has at most this many characters."""
    code = RuleCode("too_long", field, f"The value has more than {length} characters.", standard)
    return (rule(code, pl.col(field).str.len_chars() <= length, scope),)


def digits(field: str, count: int, standard: str, scope: Scope = EVERYWHERE) -> tuple[Rule, ...]:
    """The text is exactly this many digits."""
    code = RuleCode("not_digits", field, f"The value is not exactly {count} digits.", standard)
    return (rule(code, pl.col(field).str.contains(rf"\A[0-9]{{{count}}}\z"), scope),)


def agb_code(field: str, scope: Scope = EVERYWHERE) -> tuple[Rule, ...]:
    """Eight digits; the standard has no check digit for it."""
    return digits(field, 8, "LDT_AgbCode", scope)


def municipality_code(field: str, scope: Scope = EVERYWHERE) -> tuple[Rule, ...]:
    """Four digits."""
    return digits(field, 4, "LDT_Gemeente", scope)


def bsn(field: str = "bsn", scope: Scope = EVERYWHERE) -> tuple[Rule, ...]:
    """Nine digits that pass the 11-proef."""
    form = digits(field, 9, "LDT_BurgerServicenummer", scope)
    code = RuleCode("bsn_check", field, "The BSN does not pass the 11-proef.", "CS002")
    return (*form, rule(code, pl.col(field).map_batches(passes_bsn_check, return_dtype=pl.Boolean), scope))


def passes_bsn_check(values: pl.Series) -> pl.Series:
    """Per value whether the 11-proef holds; null, and text that is not nine digits, passes (other rules judge that)."""
    # Nine digits are one number each, and numbers are told apart in a third of the time of texts. Other texts of nine
    # bytes that are a number, such as +12345678, are not what that number becomes as nine digits again.
    text = pl.col("text")
    number = pl.when(text.str.len_bytes() == _BSN_LENGTH).then(text).cast(pl.Int64, strict=False)
    numbers = values.to_frame("text").select(number).unique()
    failing = numbers.filter((text >= 0) & _fails_eleven_proof(text))["text"]
    if failing.is_empty():
        return pl.repeat(True, len(values), dtype=pl.Boolean, eager=True)
    return ~values.is_in(failing.cast(pl.String).str.zfill(_BSN_LENGTH).implode()).fill_null(value=False)


def _fails_eleven_proof(number: pl.Expr) -> pl.Expr:
    # In whole columns: asking stdnum costs ten microseconds a number. A test holds this to be what stdnum says.
    digits = [number // 10**place % 10 for place in range(9)]
    # The last digit weighs -1, the others their distance to the end, counted from one.
    weighted = pl.sum_horizontal(digit * (place + 1) for place, digit in enumerate(digits) if place > 0) - digits[0]
    return ((weighted % 11 != 0) | (number == 0)).fill_null(value=False)


def one_of(field: str, values: Collection[str], standard: str | None, scope: Scope = EVERYWHERE) -> tuple[Rule, ...]:
    """The text is in a list."""
    code = RuleCode("not_in_code_list", field, "The value is not in the code list.", standard)
    return (rule(code, pl.col(field).is_in(list(values)), scope),)


def code_list(
    field: str, lists: Mapping[str, tuple[str, ...]], standard: str, kinds: frozenset[str] | None = None
) -> tuple[Rule, ...]:
    """The text is in the code list of its release; in a flat export in that of any release."""
    if lists["2"] == lists["3"]:
        return one_of(field, lists["2"], standard, Scope(kinds))
    union = tuple(sorted({*lists["2"], *lists["3"]}))
    return (
        *one_of(field, lists["2"], standard, Scope(kinds, frozenset({"2"}))),
        *one_of(field, lists["3"], standard, Scope(kinds, frozenset({"3"}))),
        *one_of(field, union, standard, Scope(kinds, frozenset({None}))),
    )


def in_order(first: str, last: str, scope: Scope = EVERYWHERE) -> tuple[Rule, ...]:
    """The last day is not before the first; an open end passes."""
    code = RuleCode("date_order", last, "The last day is before the first day.", "CS003")
    return (rule(code, pl.col(last) >= pl.col(first), scope),)


def birth_date(scope: Scope = EVERYWHERE) -> tuple[Rule, ...]:
    """A date, how much of it is known, and their agreement."""
    date, use = pl.col("birth_date"), pl.col("birth_date_use")
    agrees = (
        pl.when(use == "3")
        .then((date.dt.year() == 1900) & (date.dt.ordinal_day() == 1))
        .when(use == "2")
        .then(date.dt.ordinal_day() == 1)
        .when(use == "1")
        .then(date.dt.day() == 1)
        .otherwise(None)
    )
    code = RuleCode(
        "birth_date_use", "birth_date", "The date does not agree with how much of it is said to be known.", "CS139"
    )
    return (
        *date_field("birth_date", scope),
        *one_of("birth_date_use", DATE_USE["3"], "COD170", scope),
        rule(code, agrees, scope),
    )
