"""A POH registration: one dossier of one youth at the POH (flat export ``poh_registraties``, poh.md section 2).

Value lists of the POH are no code lists: an unrecognised value is category ``unknown`` and a finding, never a reason to
lose the row. What is judged here is what the figures stand on: identity, dates and their order, BSN, age, contacts.
"""

from __future__ import annotations

import polars as pl

from schemas import fields as f
from schemas.ages import whole_years
from schemas.dataset import KEY_COLUMNS, Dataset
from schemas.rules import RuleCode

MAX_AGE = 25
MAX_CONTACTS = 9_999

AGE_ON_REFERRAL = pl.coalesce(whole_years(pl.col("birth_date"), pl.col("referred_on")), pl.col("age"))
"""Whole years on the day of referral: from the birth date where it is delivered, else as delivered."""

_HAS_AGE = f.rule(
    RuleCode("required", "age", "Neither a birth date nor an age is given.", "poh.md 2"),
    pl.col("birth_date_text").is_not_null() | pl.col("age_text").is_not_null(),
)
_AGE_IN_RANGE = f.rule(
    RuleCode("out_of_range", "age", f"The age on the day of referral is not between 0 and {MAX_AGE}.", "poh.md 2"),
    AGE_ON_REFERRAL.is_between(0, MAX_AGE),
)
_CLOSED_LAST = f.rule(
    RuleCode("date_order", "closed_on", "The dossier was closed before the referral or the intake.", "poh.md 2"),
    pl.col("closed_on") >= pl.max_horizontal("referred_on", "intake_on"),
)

RULES = (
    *f.not_blank("registration_id"),
    *f.required("municipality_code"),
    *f.municipality_code("municipality_code"),
    *f.required("referred_on", is_cast=True),
    *f.date_field("referred_on"),
    *f.date_field("intake_on"),
    *f.in_order("referred_on", "intake_on"),
    *f.date_field("closed_on"),
    _CLOSED_LAST,
    *f.date_field("birth_date"),
    *f.number_field("age", "poh.md 2"),
    _HAS_AGE,
    _AGE_IN_RANGE,
    *f.bsn(),
    *f.number_field("contacts", "poh.md 2"),
    *f.in_range("contacts", 0, MAX_CONTACTS, "poh.md 2"),
)

POH_REGISTRATIONS = Dataset(
    name="poh_registrations",
    delivered={
        "registration_id": pl.String,
        "municipality_code": pl.String,
        "practice": pl.String,
        "bsn": pl.String,
        "birth_date": pl.Date,
        "age": pl.Int32,
        "sex": pl.String,
        "referred_on": pl.Date,
        "intake_on": pl.Date,
        "closed_on": pl.Date,
        "reporter": pl.String,
        "presenting_problem": pl.String,
        "activities": pl.String,
        "contacts": pl.Int32,
        "outcome_clarification": pl.String,
        "support_offered": pl.String,
        "outcome_treatment": pl.String,
        "referred_to_provider": pl.String,
        "referred_profile": pl.String,
        "formal_referrer": pl.String,
        "bridging": pl.String,
    },
    rules=RULES,
    lake={
        **{name: dtype for name, dtype in KEY_COLUMNS.items() if name != "provider_agb"},
        "registration_id": pl.String,
        "practice_text_hash": pl.String,
        "practice_key": pl.String,
        "referred_on": pl.Date,
        "intake_on": pl.Date,
        "closed_on": pl.Date,
        "birth_year": pl.Int32,
        "age": pl.Int32,
        "sex": pl.String,
        "client_key": pl.String,
        "reporter": pl.String,
        "presenting_problem": pl.String,
        "activities": pl.String,
        "contacts": pl.Int32,
        "outcome_clarification": pl.String,
        "support_offered": pl.String,
        "outcome_treatment": pl.String,
        "referred_to_provider": pl.String,
        "referred_profile": pl.String,
        "formal_referrer": pl.String,
        "bridging": pl.String,
        "row_digest": pl.String,
    },
)
