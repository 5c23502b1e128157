"""A request for an allocation, with its referrer: JW315, and the flat export ``toewijzingen``.

CD066 to CD068 (name, code and type of the referrer fit together) are findings, not rules: the row still says who
referred.
"""

from __future__ import annotations

import polars as pl

from schemas import fields as f
from schemas.dataset import KEY_COLUMNS, Dataset
from schemas.rules import Rule, RuleCode, only

_XML = only("JW315")
_XML_3 = only("JW315", majors={"3"})
_CODED_TYPE = pl.col("referrer_type").is_in(["02", "03", "04", "05"])

RULES = (
    *f.required("municipality_code"),
    *f.municipality_code("municipality_code"),
    *f.required("provider_agb"),
    *f.agb_code("provider_agb"),
    *f.date_field("known_at", only("toewijzingen")),
    *f.required("bsn"),
    *f.bsn(),
    *f.required("birth_date", _XML, is_cast=True),
    *f.birth_date(),
    *f.required("sex", _XML),
    *f.code_list("sex", f.SEX, "COD046"),
    *f.not_blank("request_reference"),
    *f.at_most("request_reference", 36, "LDT_Referentie", _XML),
    *f.number_field("allocation_number", "LDT_Nummer"),
    *f.in_range("allocation_number", 0, f.MAX_NUMBER, "LDT_Nummer"),
    *f.code_list("product_category", f.PRODUCT_CATEGORY, "JZ020"),
    *f.at_most("product_code", 5, "LDT_ProductCode", _XML),
    *f.required("requested_from", _XML, is_cast=True),
    *f.date_field("requested_from"),
    *f.date_field("requested_until"),
    *f.in_order("requested_from", "requested_until"),
    *f.required("referrer_type", _XML),
    *f.code_list("referrer_type", f.REFERRER_TYPE, "COD327"),
    *f.agb_code("referrer_agb"),
    *f.at_most("referrer_name", 64, "LDT_NaamVerwijzer", _XML),
)

FINDINGS: tuple[Rule, ...] = (
    f.rule(
        RuleCode("referrer_name_beside_code", "referrer_name", "The referrer has a name beside a code.", "CD066"),
        ~_CODED_TYPE | pl.col("referrer_agb").is_null() | pl.col("referrer_name").is_null(),
        _XML_3,
    ),
    f.rule(
        RuleCode("referrer_without_name", "referrer_name", "The referrer has no name and no code.", "CD067"),
        ~_CODED_TYPE | pl.col("referrer_agb").is_not_null() | pl.col("referrer_name").is_not_null(),
        _XML_3,
    ),
    f.rule(
        RuleCode("referrer_code_not_expected", "referrer_agb", "This type of referrer has no code.", "CD068"),
        _CODED_TYPE | pl.col("referrer_agb").is_null(),
        _XML_3,
    ),
)

REFERRAL_REQUESTS = Dataset(
    name="referral_requests",
    delivered={
        "municipality_code": pl.String,
        "provider_agb": pl.String,
        "known_at": pl.Date,
        "bsn": pl.String,
        "birth_date": pl.Date,
        "birth_date_use": pl.String,
        "sex": pl.String,
        "request_reference": pl.String,
        "allocation_number": pl.Int64,
        "product_category": pl.String,
        "product_code": pl.String,
        "requested_from": pl.Date,
        "requested_until": pl.Date,
        "referrer_type": pl.String,
        "referrer_agb": pl.String,
        "referrer_name": pl.String,
    },
    rules=RULES,
    lake={
        **KEY_COLUMNS,
        "client_key": pl.String,
        "birth_year": pl.Int32,
        "age": pl.Int32,
        "sex": pl.String,
        "request_reference": pl.String,
        "allocation_number": pl.Int64,
        "product_category": pl.String,
        "product_code": pl.String,
        "requested_from": pl.Date,
        "requested_until": pl.Date,
        "referrer_type": pl.String,
        "referrer_agb": pl.String,
        "referrer_hash": pl.String,
    },
)
