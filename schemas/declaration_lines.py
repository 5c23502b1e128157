"""A declaration line: JW303, JW323, and the flat export ``declaraties``."""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas import fields as f
from schemas.dataset import KEY_COLUMNS, Dataset
from schemas.rules import RuleCode, only

_XML = only("JW303", "JW323")
_JW323 = only("JW323")
_FLAT = only("declaraties")

_CREDIT = pl.col("debit_credit") == "C"
_EUROS = pl.col("unit_code") == "83"


def _in_one_month(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    # Of two days with the same number of the month, those of different years are eleven months apart.
    days = last.cast(pl.Int32) - first.cast(pl.Int32)
    return (first.dt.month() == last.dt.month()) & days.is_between(-30, 30)


RULES = (
    *f.required("municipality_code"),
    *f.municipality_code("municipality_code"),
    *f.required("provider_agb"),
    *f.agb_code("provider_agb"),
    *f.date_field("known_at", _FLAT),
    *f.not_blank("declaration_number", _XML),
    *f.at_most("declaration_number", 12, "LDT_IdentificatieDeclaratie", _XML),
    *f.not_blank("line_reference"),
    *f.at_most("line_reference", 20, "LDT_ReferentieNummer", _XML),
    *f.at_most("previous_reference", 20, "LDT_ReferentieNummer", _XML),
    f.rule(
        RuleCode("credit_without_previous", "previous_reference", "A credit names no earlier line.", "CD060"),
        pl.col("previous_reference").is_not_null() | ~_CREDIT,
        _JW323,
    ),
    f.rule(
        RuleCode("debit_with_previous", "previous_reference", "A debit names an earlier line.", "CD060"),
        pl.col("previous_reference").is_null() | _CREDIT,
        _JW323,
    ),
    *f.required("bsn"),
    *f.bsn(),
    *f.required("allocation_number", only("JW323", "declaraties"), is_cast=True),
    *f.number_field("allocation_number", "LDT_Nummer"),
    *f.in_range("allocation_number", 0, f.MAX_NUMBER, "LDT_Nummer"),
    *f.required("product_category", _XML),
    *f.code_list("product_category", f.PRODUCT_CATEGORY, "JZ020"),
    *f.not_blank("product_code"),
    *f.at_most("product_code", 5, "LDT_ProductCode", _XML),
    *f.required("period_from", is_cast=True),
    *f.date_field("period_from"),
    *f.required("period_to", is_cast=True),
    *f.date_field("period_to"),
    *f.in_order("period_from", "period_to"),
    f.rule(
        RuleCode("before_2021", "period_from", "The product period begins before 1 January 2021.", "CS100"),
        pl.col("period_from") >= date(2021, 1, 1),
        _JW323,
    ),
    f.rule(
        RuleCode("not_one_month", "period_to", "The product period is not within one calendar month.", "CS337"),
        _in_one_month(pl.col("period_from"), pl.col("period_to")),
        _JW323,
    ),
    *f.required("volume", _XML, is_cast=True),
    *f.number_field("volume", "LDT_Volume"),
    *f.in_range("volume", 0, f.MAX_VOLUME, "LDT_Volume", _XML),
    f.rule(
        RuleCode("not_whole", "volume", "The volume is not a whole number.", "LDT_Volume"),
        pl.col("volume") == pl.col("volume").floor(),
        _XML,
    ),
    f.rule(
        RuleCode("not_finite", "volume", "The volume is not a number that can be counted with."),
        pl.col("volume").is_finite(),
        _FLAT,
    ),
    *f.required("unit_code", _XML),
    *f.code_list("unit_code", f.UNIT, "WJ756"),
    *f.number_field("tariff_cents", "LDT_Bedrag"),
    *f.in_range("tariff_cents", 0, f.MAX_CENTS, "LDT_Bedrag", _XML),
    f.rule(
        RuleCode("tariff_missing", "tariff_cents", "The tariff is missing while the unit is not euros.", "CD087"),
        pl.col("tariff_cents_text").is_not_null() | _EUROS,
        _JW323,
    ),
    f.rule(
        RuleCode("tariff_with_euros", "tariff_cents", "A tariff is given while the unit is euros.", "CD087"),
        pl.col("tariff_cents_text").is_null() | ~_EUROS,
        _JW323,
    ),
    *f.required("amount", is_cast=True),
    *f.cents("amount"),
    *f.at_most_cents("amount", _XML),
    f.rule(
        RuleCode("amount_not_volume", "amount", "The unit is euros, but the amount differs from the volume.", "CS339"),
        (pl.col("amount") == pl.col("volume")) | ~_EUROS,
        _JW323,
    ),
    *f.required("debit_credit"),
    *f.code_list("debit_credit", f.DEBIT_CREDIT, "COD043"),
    f.rule(
        RuleCode("credit_of_zero", "debit_credit", "An amount of zero is marked as credit.", "CS325"),
        (pl.col("amount") != 0) | ~_CREDIT,
        _JW323,
    ),
    *f.one_of("verdict", f.VERDICT, None, _FLAT),
)

DECLARATION_LINES = Dataset(
    name="declaration_lines",
    delivered={
        "municipality_code": pl.String,
        "provider_agb": pl.String,
        "known_at": pl.Date,
        "message_identification": pl.String,
        "declaration_number": pl.String,
        "line_reference": pl.String,
        "previous_reference": pl.String,
        "bsn": pl.String,
        "allocation_number": pl.Int64,
        "product_category": pl.String,
        "product_code": pl.String,
        "period_from": pl.Date,
        "period_to": pl.Date,
        "volume": pl.Float64,
        "unit_code": pl.String,
        "tariff_cents": pl.Int64,
        "amount": pl.Int64,
        "debit_credit": pl.String,
        "verdict": pl.String,
    },
    rules=RULES,
    lake={
        **KEY_COLUMNS,
        "message_identification": pl.String,
        "declaration_number": pl.String,
        "line_reference": pl.String,
        "previous_reference": pl.String,
        "client_key": pl.String,
        "allocation_number": pl.Int64,
        "product_category": pl.String,
        "product_code": pl.String,
        "period_from": pl.Date,
        "period_to": pl.Date,
        "volume": pl.Float64,
        "unit_code": pl.String,
        "tariff_cents": pl.Int64,
        "amount_cents": pl.Int64,
        "is_credit": pl.Boolean,
        "verdict": pl.String,
        "row_digest": pl.String,
    },
    month_of="period_from",
    has_references=True,
)
