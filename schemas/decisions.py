"""The answer to a declaration (JW304, JW325) and the lines that it lists.

A listed line is judged on what identifies it and on what cannot be read. The conditions on amounts (CD060, CS325,
CS339) are the declaration's: an answer that repeats a wrong line still rejects it, and losing the row would count the
line as approved.
"""

from __future__ import annotations

import polars as pl

from schemas import fields as f
from schemas.dataset import KEY_COLUMNS, Dataset
from schemas.rules import Rule, only

MAX_TOTAL_CENTS = 999_999_999_999  # LDT_TotaalBedrag


def _signed_amount(field: str) -> tuple[Rule, ...]:
    amount, sign = f"{field}_amount", f"{field}_debit_credit"
    return (
        *f.required(amount, is_cast=True),
        *f.cents(amount),
        *f.at_most_cents(amount),
        *f.required(sign),
        *f.code_list(sign, f.DEBIT_CREDIT, "COD043"),
    )


DECISIONS = Dataset(
    name="decisions",
    delivered={
        "municipality_code": pl.String,
        "provider_agb": pl.String,
        "answered_identification": pl.String,
        "answered_on": pl.Date,
        "declaration_number": pl.String,
        "submitted_cents": pl.Int64,
        "granted_cents": pl.Int64,
        "has_body": pl.Boolean,
        "return_codes": pl.String,
    },
    rules=(
        *f.required("municipality_code"),
        *f.municipality_code("municipality_code"),
        *f.required("provider_agb"),
        *f.agb_code("provider_agb"),
        *f.not_blank("answered_identification"),
        *f.at_most("answered_identification", 12, "LDT_IdentificatieBericht"),
        *f.date_field("answered_on"),
        *f.at_most("declaration_number", 12, "LDT_IdentificatieDeclaratie"),
        *f.required("submitted_cents", only("JW304"), is_cast=True),
        *f.number_field("submitted_cents", "LDT_TotaalBedrag"),
        *f.in_range("submitted_cents", -MAX_TOTAL_CENTS, MAX_TOTAL_CENTS, "LDT_TotaalBedrag"),
        *f.required("granted_cents", only("JW304"), is_cast=True),
        *f.number_field("granted_cents", "LDT_TotaalBedrag"),
        *f.in_range("granted_cents", -MAX_TOTAL_CENTS, MAX_TOTAL_CENTS, "LDT_TotaalBedrag"),
        *f.required("has_body", is_cast=True),
    ),
    lake={
        **KEY_COLUMNS,
        "answered_identification": pl.String,
        "answered_on": pl.Date,
        "declaration_number": pl.String,
        "submitted_cents": pl.Int64,
        "granted_cents": pl.Int64,
        "has_body": pl.Boolean,
        "listed_lines": pl.Int32,
        "return_codes": pl.String,
    },
)

DECISION_LINES = Dataset(
    name="decision_lines",
    delivered={
        "municipality_code": pl.String,
        "provider_agb": pl.String,
        "answered_identification": pl.String,
        "declaration_number": pl.String,
        "line_reference": pl.String,
        "previous_reference": pl.String,
        "bsn": pl.String,
        "allocation_number": pl.Int64,
        "submitted_amount": pl.Int64,
        "submitted_debit_credit": pl.String,
        "granted_amount": pl.Int64,
        "granted_debit_credit": pl.String,
        "return_codes": pl.String,
    },
    rules=(
        *f.required("municipality_code"),
        *f.municipality_code("municipality_code"),
        *f.required("provider_agb"),
        *f.agb_code("provider_agb"),
        *f.not_blank("line_reference"),
        *f.at_most("line_reference", 20, "LDT_ReferentieNummer"),
        *f.at_most("previous_reference", 20, "LDT_ReferentieNummer"),
        *f.required("bsn"),
        *f.bsn(),
        *f.number_field("allocation_number", "LDT_Nummer"),
        *f.in_range("allocation_number", 0, f.MAX_NUMBER, "LDT_Nummer"),
        *_signed_amount("submitted"),
        *_signed_amount("granted"),
    ),
    lake={
        **KEY_COLUMNS,
        "answered_identification": pl.String,
        "declaration_number": pl.String,
        "line_reference": pl.String,
        "previous_reference": pl.String,
        "client_key": pl.String,
        "allocation_number": pl.Int64,
        "submitted_cents": pl.Int64,
        "granted_cents": pl.Int64,
        "return_codes": pl.String,
    },
    has_references=True,
)
