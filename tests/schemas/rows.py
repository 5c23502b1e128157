"""A valid row of each dataset for each kind of delivery, as text, and how each rule is broken."""

from __future__ import annotations

from schemas.dataset import Dataset
from schemas.datasets import DATASETS
from schemas.rules import Context

Row = dict[str, str | None]

_PERSON: Row = {"bsn": "999900006", "birth_date": "2010-05-17", "sex": "2"}
_PLACE: Row = {"municipality_code": "0988", "provider_agb": "94999001"}
_PRODUCT: Row = {"product_category": "54", "product_code": "54002"}

_ALLOCATION: Row = {
    **_PLACE,
    **_PERSON,
    **_PRODUCT,
    "allocation_number": "500001",
    "request_reference": "VOT-1",
    "allocated_on": "2022-01-09",
    "allocated_at": "10:15:00",
    "starts_on": "2022-01-12",
    "ends_on": "2022-12-31",
    "change_reason": "04",
    "volume": "3000",
    "unit_code": "01",
    "frequency_code": "6",
    "budget_cents": "1000",
}
_EVENT: Row = {
    **_PLACE,
    **_PERSON,
    **_PRODUCT,
    "event": "start",
    "allocation_number": "500001",
    "begins_on": "2022-01-19",
    "delivery_status": "1",
}
_STOP: Row = {**_EVENT, "event": "stop", "ends_on": "2022-03-16", "end_reason": "31"}
_REQUEST: Row = {
    **_PLACE,
    **_PERSON,
    **_PRODUCT,
    "request_reference": "VOT-1",
    "allocation_number": "500001",
    "requested_from": "2022-01-12",
    "requested_until": "2022-12-31",
    "referrer_type": "02",
    "referrer_agb": "01999001",
    "referrer_name": None,
}
_LINE: Row = {
    **_PLACE,
    **_PRODUCT,
    "declaration_number": "D202201",
    "line_reference": "P0001",
    "previous_reference": None,
    "bsn": "999900006",
    "allocation_number": "500001",
    "period_from": "2022-01-12",
    "period_to": "2022-01-31",
    "volume": "300",
    "unit_code": "01",
    "tariff_cents": "165",
    "amount": "49500",
    "debit_credit": "D",
}
_DECISION: Row = {
    **_PLACE,
    "answered_identification": "DEC1",
    "answered_on": "2022-02-05",
    "declaration_number": "D202201",
    "submitted_cents": "139500",
    "granted_cents": "49500",
    "has_body": "true",
    "return_codes": "0200",
}
_LISTED: Row = {
    **_PLACE,
    "line_reference": "P0001",
    "bsn": "999900006",
    "allocation_number": "500001",
    "submitted_amount": "90000",
    "submitted_debit_credit": "D",
    "granted_amount": "0",
    "granted_debit_credit": "D",
    "return_codes": "0611",
}

VALID_ROWS: dict[tuple[str, str, str | None], Row] = {
    ("allocations", "JW301", "3.2"): _ALLOCATION,
    ("allocations", "JW301", "2.3"): {**_ALLOCATION, "frequency_code": "3", "unit_code": "21"},
    ("allocations", "toewijzingen", None): _ALLOCATION,
    ("care_events", "JW305", "3.2"): _EVENT,
    ("care_events", "JW305", "2.3"): {**_EVENT, "delivery_status": "9"},
    ("care_events", "JW307", "3.2"): {**_STOP, "end_reason": "38"},
    ("care_events", "JW307", "2.3"): _STOP,
    ("care_events", "toewijzingen", None): _STOP,
    ("referral_requests", "JW315", "3.2"): _REQUEST,
    ("referral_requests", "JW315", "2.3"): {**_REQUEST, "referrer_type": "07"},
    ("referral_requests", "toewijzingen", None): {**_REQUEST, "known_at": "2022-01-01"},
    ("declaration_lines", "JW323", "3.2"): _LINE,
    ("declaration_lines", "JW303", "2.3"): {**_LINE, "period_from": "2019-01-15", "period_to": "2019-03-14"},
    ("declaration_lines", "declaraties", None): {**_LINE, "known_at": "2022-02-05", "volume": "7.5", "verdict": "open"},
    ("decisions", "JW304", "2.3"): _DECISION,
    ("decisions", "JW325", "3.2"): _DECISION,
    ("decision_lines", "JW304", "2.3"): _LISTED,
    ("decision_lines", "JW325", "3.2"): _LISTED,
}

_CREDIT: Row = {"debit_credit": "C", "previous_reference": "P0000"}
_EUROS: Row = {"unit_code": "83", "tariff_cents": None, "volume": "49500"}

_BREAKING: dict[str, Row | str | None] = {
    "required": None,
    "not_a_date": "2019-02-30",
    "not_a_time": "25:00:00",
    "not_a_number": "twaalf",
    "not_in_code_list": "zz",
    "not_digits": "12",
    "negative_amount": "-1",
    "above_maximum": "100000000",
    "out_of_range": "1000000000000",
    "too_long": "x" * 65,
    "bsn_check": "123456789",
    "birth_date_use": {"birth_date_use": "2"},
    "credit_without_previous": {"debit_credit": "C"},
    "debit_with_previous": {"previous_reference": "P0000"},
    "before_2021": {"period_from": "2020-12-01", "period_to": "2020-12-31"},
    "not_one_month": {"period_to": "2022-02-01"},
    "not_whole": "7.5",
    "not_finite": "NaN",
    "tariff_missing": {"tariff_cents": None},
    "tariff_with_euros": {**_EUROS, "tariff_cents": "1"},
    "amount_not_volume": {**_EUROS, "volume": "49501"},
    "credit_of_zero": {**_CREDIT, "amount": "0"},
}
_BREAKING_FIELD: dict[tuple[str, str], Row | str | None] = {
    ("ends_on", "date_order"): "2022-01-11",
    ("requested_until", "date_order"): "2022-01-11",
    ("previous_reference", "too_long"): {"debit_credit": "C", "previous_reference": "x" * 21},
    ("period_to", "date_order"): {"period_from": "2022-01-31", "period_to": "2022-01-30"},
}


def breaking(field: str, code: str) -> Row:
    """The change that breaks exactly this rule of a valid row; KeyError when nobody thought of one."""
    change = _BREAKING_FIELD[(field, code)] if (field, code) in _BREAKING_FIELD else _BREAKING[code]
    return change if isinstance(change, dict) else {field: change}


def every_rule() -> list[tuple[Dataset, str, str | None, str, str]]:
    """Dataset, kind, release, field and code of each rule in each place where it holds."""
    return [
        (DATASETS[name], kind, release, rule.code.field, rule.code.code)
        for name, kind, release in VALID_ROWS
        for rule in DATASETS[name].rules_for(Context.of(kind, release))
    ]
