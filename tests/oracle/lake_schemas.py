"""The columns of the lake, as docs/architecture.md has them."""

from __future__ import annotations

import polars as pl

Schema = dict[str, pl.DataType | type[pl.DataType]]

COMMON: Schema = {
    "file_sha256": pl.String,
    "row_number": pl.Int32,
    "known_at": pl.Date,
    "source": pl.String,
    "municipality_code": pl.String,
    "provider_agb": pl.String,
}


def _without_provider(schema: Schema) -> Schema:
    return {name: kind for name, kind in schema.items() if name != "provider_agb"}


CLIENT: Schema = {"client_key": pl.String, "birth_year": pl.Int32, "age": pl.Int32, "sex": pl.String}
PRODUCT: Schema = {"product_category": pl.String, "product_code": pl.String}
DATASETS: dict[str, Schema] = {
    "allocations": COMMON
    | CLIENT
    | {"allocation_number": pl.Int64, "request_reference": pl.String}
    | PRODUCT
    | {
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
    "care_events": COMMON
    | CLIENT
    | {"event": pl.String, "allocation_number": pl.Int64}
    | PRODUCT
    | {"begins_on": pl.Date, "ends_on": pl.Date, "end_reason": pl.String, "delivery_status": pl.String},
    "referral_requests": COMMON
    | CLIENT
    | {"request_reference": pl.String, "allocation_number": pl.Int64}
    | PRODUCT
    | {
        "requested_from": pl.Date,
        "requested_until": pl.Date,
        "referrer_type": pl.String,
        "referrer_agb": pl.String,
        "referrer_hash": pl.String,
    },
    "declaration_lines": COMMON
    | {
        "message_identification": pl.String,
        "declaration_number": pl.String,
        "line_reference": pl.String,
        "previous_reference": pl.String,
        "client_key": pl.String,
        "allocation_number": pl.Int64,
    }
    | PRODUCT
    | {
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
    "decisions": COMMON
    | {
        "answered_identification": pl.String,
        "answered_on": pl.Date,
        "declaration_number": pl.String,
        "submitted_cents": pl.Int64,
        "granted_cents": pl.Int64,
        "has_body": pl.Boolean,
        "listed_lines": pl.Int32,
        "return_codes": pl.String,
    },
    "decision_lines": COMMON
    | {
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
    "poh_registrations": _without_provider(COMMON)
    | {
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
    "survey_answers": _without_provider(COMMON)
    | {
        "survey_id": pl.String,
        "audience": pl.String,
        "question": pl.String,
        "answered_on": pl.Date,
        "score": pl.Float64,
        "scale_max": pl.Float64,
        "practice_text_hash": pl.String,
        "practice_key": pl.String,
        "respondent_key": pl.String,
        "row_digest": pl.String,
    },
}
REMOVED: Schema = {
    "file_sha256": pl.String,
    "reason": pl.String,
    "rows_removed": pl.Int64,
    "cents_removed": pl.Int64,
}

LEDGER: Schema = {
    "file_sha256": pl.String,
    "file_name": pl.String,
    "container": pl.String,
    "kind": pl.String,
    "release": pl.String,
    "message_code": pl.String,
    "municipality_code": pl.String,
    "sender_agb": pl.String,
    "identification": pl.String,
    "message_date": pl.Date,
    "content_digest": pl.String,
    "refusal": pl.String,
    "refusal_message": pl.String,
    "rows_read": pl.Int64,
    "rows_accepted": pl.Int64,
    "rows_quarantined": pl.Int64,
    "cents_read": pl.Int64,
    "cents_accepted": pl.Int64,
    "cents_quarantined": pl.Int64,
    "first_seen_at": pl.Datetime("us", "UTC"),
}
QUARANTINE: Schema = {
    "file_sha256": pl.String,
    "row_number": pl.Int32,
    "field": pl.String,
    "rule": pl.String,
    "kind": pl.String,
    "message": pl.String,
}
FINDINGS: Schema = {
    "file_sha256": pl.String,
    "row_number": pl.Int32,
    "finding": pl.String,
    "municipality_code": pl.String,
    "reference": pl.String,
    "cents": pl.Int64,
}
SUGGESTIONS: Schema = {"referrer_hash": pl.String, "practice_id": pl.String, "score": pl.Float64}
REFERENCE: dict[str, Schema] = {
    "praktijken": {
        "praktijk_id": pl.String,
        "naam": pl.String,
        "agb_code": pl.String,
        "gemeentecode": pl.String,
        "ingeschreven_jeugdigen": pl.Int64,
    },
    "zorgprofielen": {
        "gemeentecode": pl.String,
        "productcode": pl.String,
        "zorgprofiel": pl.String,
        "domein": pl.String,
        "ggz_segment": pl.String,
        "geldig_vanaf": pl.Date,
        "geldig_tot": pl.Date,
    },
    "zorgverleners": {"zorgverlener_agb": pl.String, "praktijk_id": pl.String, "van": pl.Date, "tot": pl.Date},
    "verwijzer_aliassen": {"naam": pl.String, "praktijk_id": pl.String},
    "referrer_names": {"referrer_hash": pl.String, "practice_id": pl.String},
    "deelname": {"praktijk_id": pl.String, "programma": pl.String, "van": pl.Date, "tot": pl.Date},
    "gemeenten": {
        "gemeentecode": pl.String,
        "naam": pl.String,
        "regio": pl.String,
        "opvolger_gemeentecode": pl.String,
        "gegevens_vanaf": pl.Date,
        "omzetting_op": pl.Date,
    },
    "rapportageperioden": {"periode_id": pl.String, "label": pl.String, "van": pl.Date, "tot": pl.Date},
    "programmakosten": {
        "programma": pl.String,
        "gemeentecode": pl.String,
        "soort": pl.String,
        "van": pl.Date,
        "tot": pl.Date,
        "bedrag": pl.Int64,
    },
    "trajectprijzen": {
        "programma": pl.String,
        "periode_id": pl.String,
        "scenario": pl.String,
        "bedrag_per_traject": pl.Int64,
        "aandeel_bggz": pl.Float64,
    },
    "doelen": {"gemeentecode": pl.String, "programma": pl.String, "doel": pl.String, "bedrag_per_jaar": pl.Int64},
    "publicaties": {"naam": pl.String, "peildatum": pl.Date},
}
