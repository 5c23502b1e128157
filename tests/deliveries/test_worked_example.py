"""The nine messages of the worked example, each column against values written by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.deliveries import Limits, Part, RawDelivery, read_part, scan_inbox, unpack

EXAMPLE = Path(__file__).resolve().parents[1] / "data" / "worked_example"
SIDES = {"municipality_code": "0384", "provider_agb": "94999001"}
PERSON = {"bsn": "999900006", "birth_date": "2012-03-04", "birth_date_use": None, "sex": "2"}
PRODUCT = {"product_category": "54", "product_code": "54002"}
ANSWERED = {"answered_identification": "DEC000000001", "declaration_number": "D202601"}


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, RawDelivery]:
    scratch = tmp_path_factory.mktemp("scratch")
    found = {}
    for file in scan_inbox(EXAMPLE).ready:
        (part,) = unpack(file.path, EXAMPLE, Limits(), scratch)
        assert isinstance(part, Part)
        (found[file.name[:2]],) = read_part(part)
    return found


def _line(number: int, bsn: str, reference: str, **more: object) -> dict[str, object]:
    return SIDES | {"row_number": number, "bsn": bsn, "line_reference": reference, "previous_reference": None} | more


def _rows(delivery: RawDelivery, dataset: str) -> list[dict[str, object]]:
    frame = delivery.tables[dataset]
    assert {name: kind for name, kind in frame.schema.items() if kind != pl.String} == {"row_number": pl.Int32}
    return frame.to_dicts()


def test_headers_of_the_example_name_both_sides_and_the_total(deliveries: dict[str, RawDelivery]) -> None:
    seen = {
        key: (h.kind, h.message_code, h.sender, h.identification, h.dated_on, h.submitted_cents)
        for key, h in ((key, delivery.header) for key, delivery in deliveries.items())
    }
    assert seen == {
        "01": ("JW315", "446", "94999001", "VOT000000001", date(2026, 1, 6), None),
        "02": ("JW301", "436", "0384", "TOE000000001", date(2026, 1, 9), None),
        "03": ("JW305", "438", "94999001", "STA000000001", date(2026, 1, 20), None),
        "04": ("JW323", "490", "94999001", "DEC000000001", date(2026, 2, 5), 139500),
        "05": ("JW325", "491", "0384", "ANT000000001", date(2026, 2, 12), 139500),
        "06": ("JW323", "490", "94999001", "DEC000000002", date(2026, 3, 4), 123800),
        "07": ("JW325", "491", "0384", "ANT000000002", date(2026, 3, 11), 123800),
        "08": ("JW307", "440", "94999001", "STO000000001", date(2026, 3, 18), None),
        "09": ("JW301", "436", "0384", "TOE000000002", date(2026, 3, 20), None),
    }
    sides = {(d.header.municipality_code, d.header.provider_agb, d.header.release) for d in deliveries.values()}
    assert sides == {("0384", "94999001", "3.2")}
    assert {key: delivery.row_count for key, delivery in deliveries.items()} == {
        "01": 1, "02": 1, "03": 1, "04": 2, "05": 1, "06": 4, "07": 0, "08": 1, "09": 1,
    }  # fmt: skip


def test_request_of_the_example_gives_the_referrer(deliveries: dict[str, RawDelivery]) -> None:
    assert _rows(deliveries["01"], "referral_requests") == [
        SIDES
        | PERSON
        | PRODUCT
        | {
            "row_number": 1,
            "request_reference": "VOT-2026-0001",
            "requested_from": "2026-01-12",
            "requested_until": "2026-12-31",
            "referrer_type": "02",
            "referrer_agb": "01999001",
            "referrer_name": None,
        }
    ]


def test_allocations_of_the_example_give_two_versions(deliveries: dict[str, RawDelivery]) -> None:
    first = (
        SIDES
        | PERSON
        | PRODUCT
        | {
            "row_number": 1,
            "allocation_number": "500001",
            "request_reference": "VOT-2026-0001",
            "allocated_on": "2026-01-09",
            "allocated_at": "10:15:00",
            "starts_on": "2026-01-12",
            "ends_on": "2026-12-31",
            "change_reason": None,
            "volume": "3000",
            "unit_code": "01",
            "frequency_code": "6",
            "budget_cents": None,
        }
    )
    later = {
        "request_reference": None,
        "allocated_on": "2026-03-20",
        "allocated_at": "09:00:00",
        "ends_on": "2026-03-16",
        "change_reason": "14",
    }
    assert _rows(deliveries["02"], "allocations") == [first]
    assert _rows(deliveries["09"], "allocations") == [first | later]


def test_start_and_stop_of_the_example_give_events(deliveries: dict[str, RawDelivery]) -> None:
    start = (
        SIDES
        | PERSON
        | PRODUCT
        | {
            "row_number": 1,
            "event": "start",
            "allocation_number": "500001",
            "begins_on": "2026-01-19",
            "ends_on": None,
            "end_reason": None,
            "delivery_status": "1",
        }
    )
    assert _rows(deliveries["03"], "care_events") == [start]
    assert _rows(deliveries["08"], "care_events") == [
        start | {"event": "stop", "ends_on": "2026-03-16", "end_reason": "31"}
    ]


def test_declarations_of_the_example_give_lines_in_document_order(deliveries: dict[str, RawDelivery]) -> None:
    january = {
        "message_identification": "DEC000000001",
        "declaration_number": "D202601",
        "period_from": "2026-01-12",
        "period_to": "2026-01-31",
    }
    minutes = PRODUCT | {"allocation_number": "500001", "unit_code": "01", "tariff_cents": "165"}
    hours = {
        "allocation_number": "500002",
        "product_category": "45",
        "product_code": "45A06",
        "period_from": "2026-01-01",
        "unit_code": "04",
        "volume": "10",
        "debit_credit": "D",
    }
    paid = {"volume": "300", "amount": "49500", "debit_credit": "D"}
    assert _rows(deliveries["04"], "declaration_lines") == [
        _line(1, "999900006", "P0001", **january | minutes | paid),
        _line(2, "999900018", "P0002", **january | hours | {"tariff_cents": "9000", "amount": "90000"}),
    ]
    february = january | {"message_identification": "DEC000000002", "declaration_number": "D202602"}
    care_month = {"period_from": "2026-02-01", "period_to": "2026-02-28"}
    credit = paid | {"debit_credit": "C", "previous_reference": "P0001"}
    again = {"tariff_cents": "8750", "amount": "87500"}
    assert _rows(deliveries["06"], "declaration_lines") == [
        _line(1, "999900006", "P0003", **february | minutes | credit),
        _line(2, "999900006", "P0004", **february | minutes | paid | {"volume": "280", "amount": "46200"}),
        _line(3, "999900006", "P0005", **february | minutes | paid | care_month | {"volume": "240", "amount": "39600"}),
        _line(4, "999900018", "P0006", **february | hours | again),
    ]


def test_answers_of_the_example_list_only_what_is_rejected(deliveries: dict[str, RawDelivery]) -> None:
    assert _rows(deliveries["05"], "decisions") == [
        SIDES
        | ANSWERED
        | {
            "row_number": 0,
            "answered_on": "2026-02-05",
            "submitted_cents": "139500",
            "granted_cents": "49500",
            "has_body": "true",
            "return_codes": "0200 0200",
        }
    ]
    assert _rows(deliveries["05"], "decision_lines") == [
        _line(
            1,
            "999900018",
            "P0002",
            **ANSWERED,
            allocation_number="500002",
            submitted_amount="90000",
            submitted_debit_credit="D",
            granted_amount="0",
            granted_debit_credit="D",
            return_codes="0611",
        )
    ]
    (approved,) = _rows(deliveries["07"], "decisions")
    assert (approved["granted_cents"], approved["return_codes"]) == ("123800", "0200 8001")
    assert _rows(deliveries["07"], "decision_lines") == []
