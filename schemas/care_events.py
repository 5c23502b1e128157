"""A start or a stop of care: JW305, JW307, and the flat export ``toewijzingen``.

A stop before its start is no broken rule (the standard has none for these messages): it is kept, not used, and listed
as a finding.
"""

from __future__ import annotations

import polars as pl

from schemas import fields as f
from schemas.dataset import KEY_COLUMNS, Dataset
from schemas.rules import only

EVENTS = ("start", "stop")
_XML = only("JW305", "JW307")

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
    *f.required("event"),
    *f.one_of("event", EVENTS, None),
    *f.number_field("allocation_number", "LDT_Nummer"),
    *f.in_range("allocation_number", 0, f.MAX_NUMBER, "LDT_Nummer"),
    *f.code_list("product_category", f.PRODUCT_CATEGORY, "JZ020"),
    *f.at_most("product_code", 5, "LDT_ProductCode", _XML),
    *f.required("begins_on", is_cast=True),
    *f.date_field("begins_on"),
    *f.required("ends_on", only("JW307"), is_cast=True),
    *f.date_field("ends_on"),
    *f.required("end_reason", only("JW307")),
    *f.code_list("end_reason", f.END_REASON, "JZ588"),
    *f.required("delivery_status"),
    *f.code_list("delivery_status", f.DELIVERY_STATUS, "CS058"),
)

CARE_EVENTS = Dataset(
    name="care_events",
    delivered={
        "municipality_code": pl.String,
        "provider_agb": pl.String,
        "bsn": pl.String,
        "birth_date": pl.Date,
        "birth_date_use": pl.String,
        "sex": pl.String,
        "event": pl.String,
        "allocation_number": pl.Int64,
        "product_category": pl.String,
        "product_code": pl.String,
        "begins_on": pl.Date,
        "ends_on": pl.Date,
        "end_reason": pl.String,
        "delivery_status": pl.String,
    },
    rules=RULES,
    lake={
        **KEY_COLUMNS,
        "client_key": pl.String,
        "birth_year": pl.Int32,
        "age": pl.Int32,
        "sex": pl.String,
        "event": pl.String,
        "allocation_number": pl.Int64,
        "product_category": pl.String,
        "product_code": pl.String,
        "begins_on": pl.Date,
        "ends_on": pl.Date,
        "end_reason": pl.String,
        "delivery_status": pl.String,
    },
)
