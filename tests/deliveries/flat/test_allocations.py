"""``toewijzingen``: one row feeds allocations, care events and referral requests."""

from __future__ import annotations

import polars as pl
import pytest

from tests.deliveries.flat.exports import ALLOCATION, REGISTRATION, csv_bytes, read_one

FULL = {
    **ALLOCATION,
    "productcategorie": "54",
    "einddatum": "31-12-2019",
    "toewijzingsdatum": "20-12-2018",
    "toewijzingstijd": "10:15:30",
    "reden_wijziging": "04",
    "geboortedatum": "02-03-2007",
    "geslacht": "V",
    "verwijzer_type": "02",
    "verwijzer_naam": "De Linde",
    "verwijzer_agb": "1001001",
    "startdatum_zorg": "03-01-2019",
    "stopdatum_zorg": "30-11-2019",
}


def _tables(**values: str) -> dict[str, pl.DataFrame]:
    return dict(read_one(csv_bytes([{**FULL, **values}])).tables)


def _filled(frame: pl.DataFrame, row: int = 0) -> dict[str, object]:
    return {name: value for name, value in frame.row(row, named=True).items() if value is not None}


CLIENT = {
    "row_number": 1,
    "municipality_code": "0988",
    "provider_agb": "94999001",
    "bsn": "999900006",
    "birth_date": "2007-03-02",
    "sex": "2",
    "allocation_number": "1001",
    "product_category": "54",
    "product_code": "54002",
}


def test_row_gives_an_allocation_version() -> None:
    assert _filled(_tables()["allocations"]) == {
        **CLIENT,
        "allocated_on": "2018-12-20",
        "allocated_at": "10:15:30",
        "starts_on": "2019-01-01",
        "ends_on": "2019-12-31",
        "change_reason": "04",
    }


def test_start_and_stop_of_care_are_events() -> None:
    events = _tables()["care_events"]
    start = {**CLIENT, "event": "start", "begins_on": "2019-01-03", "delivery_status": "1"}
    assert _filled(events) == start
    assert _filled(events, 1) == {**start, "event": "stop", "ends_on": "2019-11-30", "end_reason": "31"}


def test_stop_without_start_begins_with_the_allocation() -> None:
    events = _tables(startdatum_zorg="")["care_events"]
    assert events.select("event", "begins_on", "ends_on").rows() == [("stop", "2019-01-01", "2019-11-30")]


def test_allocation_without_care_has_no_events() -> None:
    assert _tables(startdatum_zorg="", stopdatum_zorg="")["care_events"].is_empty()


def test_referrer_beside_an_allocation_is_a_request_on_its_date() -> None:
    assert _filled(_tables()["referral_requests"]) == {
        **CLIENT,
        "known_at": "2018-12-20",
        "request_reference": "toewijzing 1001",
        "requested_from": "2019-01-01",
        "requested_until": "2019-12-31",
        "referrer_type": "02",
        "referrer_agb": "01001001",
        "referrer_name": "De Linde",
    }


@pytest.mark.parametrize(
    ("kind", "agb", "read"),
    [("", "01001001", ["02"]), ("", "03001001", []), ("", "", []), ("01", "", ["01"]), ("Huisarts", "", ["02"])],
)
def test_request_needs_a_type_that_is_given_or_said_by_the_code(kind: str, agb: str, read: list[str]) -> None:
    requests = _tables(verwijzer_type=kind, verwijzer_agb=agb)["referral_requests"]
    assert requests["referrer_type"].to_list() == read


def test_required_columns_alone_give_an_allocation_and_nothing_else() -> None:
    tables = read_one(csv_bytes([ALLOCATION])).tables
    assert {name: frame.height for name, frame in tables.items()} == {
        "allocations": 1,
        "care_events": 0,
        "referral_requests": 0,
    }


@pytest.mark.parametrize(("text", "read"), [("M", "1"), ("vrouw", "2"), ("0", "0"), ("onbekend", "0"), ("3", "3")])
def test_sex_is_the_standards_code(text: str, read: str) -> None:
    assert _tables(geslacht=text)["allocations"]["sex"].to_list() == [read]


def test_registration_keeps_the_words_of_its_value_lists() -> None:
    row = {**REGISTRATION, "hulpaanbod": "Overig|WMO", "verwezen_naar": "MET GGZ", "uitkomst_behandeling": "Ja, BGGZ"}
    registrations = read_one(csv_bytes([row])).tables["poh_registrations"]
    assert _filled(registrations) == {
        "row_number": 1,
        "municipality_code": "0988",
        "registration_id": "7",
        "practice": "Huisartsenpraktijk De Linde",
        "referred_on": "2019-02-01",
        "age": "12",
        "sex": "V",
        "support_offered": "Overig|WMO",
        "outcome_treatment": "Ja, BGGZ",
        "referred_to_provider": "MET GGZ",
    }
