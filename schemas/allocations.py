"""An allocation version: JW301, and the flat export ``toewijzingen``.

CS335 and CS336 are no rules here: reason 13 with another end date, and the withdrawn reason 01, have a meaning
(docs/definitions.md), and without the row a withdrawal would be lost. The conditions of allocation variants
(CD041, CD075 to CD080) concern columns that no figure rests on.
"""

from __future__ import annotations

import polars as pl

from schemas import fields as f
from schemas.dataset import KEY_COLUMNS, Dataset
from schemas.rules import only

_XML = only("JW301")

RULES = (
    *f.required("municipality_code"),
    *f.municipality_code("municipality_code"),
    *f.required("provider_agb"),
    *f.agb_code("provider_agb"),
    *f.required("bsn"),
    *f.bsn(),
    *f.required("birth_date", _XML, is_cast=True),
    *f.birth_date(),
    *f.required("sex", _XML),
    *f.code_list("sex", f.SEX, "COD046"),
    *f.required("allocation_number", only("JW301", majors={"3"}), is_cast=True),
    *f.required("allocation_number", only("toewijzingen"), is_cast=True),
    *f.number_field("allocation_number", "LDT_Nummer"),
    *f.in_range("allocation_number", 0, f.MAX_NUMBER, "LDT_Nummer"),
    *f.at_most("request_reference", 36, "LDT_Referentie", _XML),
    *f.code_list("product_category", f.PRODUCT_CATEGORY, "JZ020"),
    *f.not_blank("product_code", only("toewijzingen")),
    *f.at_most("product_code", 5, "LDT_ProductCode", _XML),
    *f.required("allocated_on", _XML, is_cast=True),
    *f.date_field("allocated_on"),
    *f.required("allocated_at", _XML, is_cast=True),
    *f.time_field("allocated_at"),
    *f.required("starts_on", is_cast=True),
    *f.date_field("starts_on"),
    *f.date_field("ends_on"),
    *f.in_order("starts_on", "ends_on"),
    *f.code_list("change_reason", f.CHANGE_REASON, "JZ002"),
    *f.number_field("volume", "LDT_Volume"),
    *f.in_range("volume", 0, f.MAX_VOLUME, "LDT_Volume"),
    *f.code_list("unit_code", f.UNIT, "WJ756"),
    *f.code_list("frequency_code", f.FREQUENCY, "WMO757"),
    *f.cents("budget_cents"),
    *f.at_most_cents("budget_cents"),
)

ALLOCATIONS = Dataset(
    name="allocations",
    delivered={
        "municipality_code": pl.String,
        "provider_agb": pl.String,
        "bsn": pl.String,
        "birth_date": pl.Date,
        "birth_date_use": pl.String,
        "sex": pl.String,
        "allocation_number": pl.Int64,
        "request_reference": pl.String,
        "product_category": pl.String,
        "product_code": pl.String,
        "allocated_on": pl.Date,
        "allocated_at": pl.Time,
        "starts_on": pl.Date,
        "ends_on": pl.Date,
        "change_reason": pl.String,
        "volume": pl.Int64,
        "unit_code": pl.String,
        "frequency_code": pl.String,
        "budget_cents": pl.Int64,
    },
    rules=RULES,
    lake={
        **KEY_COLUMNS,
        "client_key": pl.String,
        "birth_year": pl.Int32,
        "age": pl.Int32,
        "sex": pl.String,
        "allocation_number": pl.Int64,
        "request_reference": pl.String,
        "product_category": pl.String,
        "product_code": pl.String,
        "allocated_on": pl.Date,
        "allocated_at": pl.Time,
        "starts_on": pl.Date,
        "ends_on": pl.Date,
        "change_reason": pl.String,
        "volume": pl.Int64,
        "unit_code": pl.String,
        "frequency_code": pl.String,
        "budget_cents": pl.Int64,
        "row_digest": pl.String,
    },
)
