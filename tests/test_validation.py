"""What becomes of the rows of one file: accepted, quarantined, or refused with the file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from pipelines.deliveries.model import RawDelivery, ValidatedDelivery
from pipelines.pseudonyms import Pseudonyms
from pipelines.validation import RefusedAfterReading, validate
from schemas.datasets import DATASETS

from .raw_deliveries import declaration, delivery, frame, header, line, part
from .schemas.rows import VALID_ROWS, Row

PSEUDONYMS = Pseudonyms(b"k" * 32)
ALLOCATION = VALID_ROWS[("allocations", "JW301", "3.2")]
REQUEST = VALID_ROWS[("referral_requests", "JW315", "3.2")]
FLAT_LINE = VALID_ROWS[("declaration_lines", "declaraties", None)]
LISTED = VALID_ROWS[("decision_lines", "JW304", "2.3")]
DECISION: Row = {**VALID_ROWS[("decisions", "JW304", "2.3")], "row_number": "0"}


def broken(result: ValidatedDelivery) -> list[tuple[int, str, str]]:
    return list(result.quarantine.select("row_number", "field", "rule").iter_rows())


def lines_of(result: ValidatedDelivery) -> pl.DataFrame:
    return result.tables["declaration_lines"]


def reason_of(raw: RawDelivery) -> str:
    with pytest.raises(RefusedAfterReading) as refusal:
        validate(raw, part(), PSEUDONYMS)
    return refusal.value.reason


def answer(*listed: Row, submitted: int, granted: int) -> RawDelivery:
    decision = {**DECISION, "submitted_cents": str(submitted), "granted_cents": str(granted)}
    tables = {"decisions": frame([decision])} | ({"decision_lines": frame(listed)} if listed else {})
    return RawDelivery(header("JW304", "2.3"), tables, len(listed))


def test_valid_line_becomes_a_row_of_the_lake() -> None:
    result = validate(declaration(line(), submitted_cents=49500), part(), PSEUDONYMS)

    assert lines_of(result).schema == pl.Schema(DATASETS["declaration_lines"].lake)
    assert lines_of(result).to_dicts() == [
        {
            "file_sha256": "ab" * 32,
            "row_number": 1,
            "known_at": date(2022, 2, 5),
            "source": "JW323",
            "municipality_code": "0988",
            "provider_agb": "94999001",
            "message_identification": None,
            "declaration_number": "D202201",
            "line_reference": "P0001",
            "previous_reference": None,
            "client_key": PSEUDONYMS.client("999900006"),
            "allocation_number": 500001,
            "product_category": "54",
            "product_code": "54002",
            "period_from": date(2022, 1, 12),
            "period_to": date(2022, 1, 31),
            "volume": 300.0,
            "unit_code": "01",
            "tariff_cents": 165,
            "amount_cents": 49500,
            "is_credit": False,
            "verdict": None,
            "row_digest": None,
        }
    ]
    assert (result.rows_read, result.rows_accepted, result.rows_quarantined) == (1, 1, 0)
    assert (result.cents_read, result.cents_accepted, result.cents_quarantined) == (49500, 49500, 0)


def test_credit_has_negative_cents() -> None:
    credit = line(line_reference="P0002", previous_reference="P0000", debit_credit="C")

    result = validate(declaration(line(), credit, submitted_cents=0), part(), PSEUDONYMS)

    assert lines_of(result).select("amount_cents", "is_credit").rows() == [(49500, False), (-49500, True)]
    assert result.cents_read == 0


def test_broken_row_is_quarantined_and_the_others_go_on() -> None:
    rows = [line(), line(line_reference="P0002", bsn="123456789"), line(line_reference="P0003")]

    result = validate(declaration(*rows, submitted_cents=148500), part(), PSEUDONYMS)

    assert broken(result) == [(2, "bsn", "bsn_check")]
    assert lines_of(result)["row_number"].to_list() == [1, 3]
    assert (result.rows_read, result.rows_accepted, result.rows_quarantined) == (3, 2, 1)
    assert (result.cents_read, result.cents_accepted, result.cents_quarantined) == (148500, 99000, 49500)


def test_row_that_breaks_two_rules_counts_once() -> None:
    rows = [line(), line(line_reference="P0002", bsn="123456789", product_category="zz")]

    result = validate(declaration(*rows, submitted_cents=99000), part(), PSEUDONYMS)

    assert broken(result) == [(2, "bsn", "bsn_check"), (2, "product_category", "not_in_code_list")]
    assert (result.rows_quarantined, result.cents_quarantined) == (1, 49500)


def test_second_row_with_the_same_reference_is_quarantined() -> None:
    rows = [line(), line(amount="100"), line(line_reference="P0002")]

    result = validate(declaration(*rows, submitted_cents=99100), part(), PSEUDONYMS)

    assert broken(result) == [(2, "line_reference", "duplicate_reference")]
    assert (result.cents_accepted, result.cents_quarantined) == (99000, 100)


def test_same_reference_of_another_provider_in_an_export_is_accepted() -> None:
    raw = delivery("declaration_lines", "declaraties", None, [FLAT_LINE, {**FLAT_LINE, "provider_agb": "94999002"}])

    assert broken(validate(raw, part(), PSEUDONYMS)) == []


def test_identical_flat_rows_share_a_digest_and_both_stay() -> None:
    raw = delivery("declaration_lines", "declaraties", None, [FLAT_LINE, FLAT_LINE, {**FLAT_LINE, "amount": "1"}])

    result = validate(raw, part(), PSEUDONYMS)

    assert broken(result) == [(3, "line_reference", "duplicate_reference")]
    digests = lines_of(result)["row_digest"].to_list()
    assert digests[0] == digests[1]
    assert len(digests[0]) == 32


def test_flat_rows_that_differ_in_a_person_have_other_digests() -> None:
    raw = delivery("declaration_lines", "declaraties", None, [FLAT_LINE, {**FLAT_LINE, "bsn": "999900018"}])

    assert broken(validate(raw, part(), PSEUDONYMS)) == [(2, "line_reference", "duplicate_reference")]


def test_total_that_differs_from_the_lines_refuses_the_file_with_its_counts() -> None:
    with pytest.raises(RefusedAfterReading) as refusal:
        validate(declaration(line(), line(line_reference="P0002"), submitted_cents=49500), part(), PSEUDONYMS)

    assert refusal.value.reason == "total_mismatch"
    assert (refusal.value.delivery.rows_read, refusal.value.delivery.cents_read) == (2, 99000)
    assert "49500" not in str(refusal.value)


def test_quarantined_lines_count_in_the_total() -> None:
    rows = [line(), line(line_reference="P0002", bsn="123456789")]

    assert validate(declaration(*rows, submitted_cents=99000), part(), PSEUDONYMS).rows_quarantined == 1
    assert reason_of(declaration(*rows, submitted_cents=49500)) == "total_mismatch"


def test_line_without_a_readable_amount_is_quarantined_and_the_file_goes_on() -> None:
    rows = [line(), line(line_reference="P0002", amount="12,50")]

    result = validate(declaration(*rows, submitted_cents=50750), part(), PSEUDONYMS)

    assert broken(result) == [(2, "amount", "not_a_number")]
    assert (result.cents_read, result.cents_accepted) == (49500, 49500)


def test_declaration_without_a_total_is_refused() -> None:
    raw = declaration(line(), submitted_cents=49500)

    assert reason_of(replace(raw, header=replace(raw.header, submitted_cents=None))) == "invalid_header"


@pytest.mark.parametrize("granted", ["0", "30000", "90000"])
def test_answer_whose_listed_lines_explain_its_totals_is_taken(granted: str) -> None:
    listed = {**LISTED, "granted_amount": granted}

    result = validate(answer(listed, submitted=139500, granted=49500 + int(granted)), part(), PSEUDONYMS)

    assert result.tables["decisions"]["listed_lines"].to_list() == [1]
    assert result.tables["decision_lines"]["granted_cents"].to_list() == [int(granted)]
    assert (result.rows_read, result.cents_read) == (1, 0)


def test_answer_whose_listed_lines_do_not_explain_its_totals_is_refused() -> None:
    assert reason_of(answer(LISTED, submitted=139500, granted=49501)) == "total_mismatch"


def test_answer_that_grants_nothing_and_lists_nothing_is_taken() -> None:
    result = validate(answer(submitted=139500, granted=0), part(), PSEUDONYMS)

    assert result.tables["decisions"].select("granted_cents", "listed_lines").rows() == [(0, 0)]


def test_answer_with_an_unreadable_header_is_refused_without_its_value() -> None:
    decision = {**DECISION, "answered_on": "2022-02-30"}
    raw = RawDelivery(header("JW325", "3.2"), {"decisions": frame([decision])}, 0)

    with pytest.raises(RefusedAfterReading) as refusal:
        validate(raw, part(), PSEUDONYMS)

    assert refusal.value.reason == "invalid_header"
    assert "answered_on" in refusal.value.message
    assert "2022-02-30" not in refusal.value.message


@pytest.mark.parametrize(
    ("birth_date", "use", "starts_on", "birth_year", "age"),
    [
        ("2010-05-17", None, "2022-05-16", 2010, 11),
        ("2010-05-17", None, "2022-05-17", 2010, 12),
        ("2010-04-12", None, "2022-09-09", 2010, 12),
        ("2010-09-13", None, "2022-03-28", 2010, 11),
        ("2012-02-29", None, "2022-02-28", 2012, 9),
        ("2012-02-29", None, "2022-03-01", 2012, 10),
        ("2010-05-01", "1", "2022-05-17", 2010, None),
        ("2010-05-01", "1", "2022-06-01", 2010, 12),
        ("2010-01-01", "2", "2022-06-01", 2010, None),
        ("1900-01-01", "3", "2022-06-01", None, None),
        ("2022-06-02", None, "2022-06-01", 2022, None),
    ],
)
def test_birth_date_becomes_a_year_and_an_age(
    birth_date: str, use: str | None, starts_on: str, birth_year: int | None, age: int | None
) -> None:
    row = {**ALLOCATION, "birth_date": birth_date, "birth_date_use": use, "starts_on": starts_on}

    result = validate(delivery("allocations", "JW301", "3.2", [row]), part(), PSEUDONYMS)

    assert result.tables["allocations"].select("birth_year", "age").rows() == [(birth_year, age)]


def test_referrer_name_becomes_the_hash_of_its_normal_form() -> None:
    rows = [
        {**REQUEST, "referrer_agb": None, "referrer_name": "Huisartsenpraktijk De Linde"},
        {**REQUEST, "referrer_agb": None, "referrer_name": "de LINDE"},
        REQUEST,
    ]

    result = validate(delivery("referral_requests", "JW315", "3.2", rows), part(), PSEUDONYMS)

    hashes = result.tables["referral_requests"]["referrer_hash"].to_list()
    assert hashes[0] == hashes[1]
    assert hashes[2] is None


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"referrer_name": "De Linde"}, "referrer_name_beside_code"),
        ({"referrer_agb": None}, "referrer_without_name"),
        ({"referrer_type": "01"}, "referrer_code_not_expected"),
    ],
)
def test_referrer_that_does_not_fit_together_is_a_finding_and_no_lost_row(changes: Row, finding: str) -> None:
    raw = delivery("referral_requests", "JW315", "3.2", [REQUEST, {**REQUEST, **changes}])

    result = validate(raw, part(), PSEUDONYMS)

    assert result.rows_accepted == 2
    assert result.findings.rows() == [(2, finding, "0988", "VOT-1", 0)]


def test_changed_start_of_release_two_counts_as_first_delivered() -> None:
    event = VALID_ROWS[("care_events", "JW305", "2.3")]
    rows = [{**event, "delivery_status": status} for status in ("1", "2", "3", "9")]

    result = validate(delivery("care_events", "JW305", "2.3", rows), part(), PSEUDONYMS)

    assert result.tables["care_events"]["delivery_status"].to_list() == ["1", "1", "3", "1"]


def test_flat_row_is_known_at_its_own_date_else_the_files() -> None:
    rows = [FLAT_LINE, {**FLAT_LINE, "line_reference": "P0002", "known_at": None}]

    result = validate(delivery("declaration_lines", "declaraties", None, rows), part(), PSEUDONYMS)

    assert lines_of(result)["known_at"].to_list() == [date(2022, 2, 5), date(2022, 2, 3)]
    assert result.header.dated_on == date(2022, 2, 3)


def test_row_that_feeds_two_tables_is_quarantined_whole() -> None:
    allocation = {**VALID_ROWS[("allocations", "toewijzingen", None)]}
    stop = VALID_ROWS[("care_events", "toewijzingen", None)]
    tables = {
        "allocations": frame([allocation, allocation]),
        "care_events": frame([{**stop, "end_reason": "zz"}, stop]),
    }

    result = validate(RawDelivery(header("toewijzingen", None), tables, 2), part(), PSEUDONYMS)

    assert broken(result) == [(1, "end_reason", "not_in_code_list")]
    assert result.tables["allocations"]["row_number"].to_list() == [2]
    assert result.tables["care_events"]["row_number"].to_list() == [2]


def test_message_that_is_not_needed_has_no_rows() -> None:
    result = validate(RawDelivery(header("JW302", "3.2"), {}, 0), part(), PSEUDONYMS)

    assert (result.rows_read, dict(result.tables)) == (0, {})


def test_content_digest_depends_on_values_and_header_alone() -> None:
    one = declaration(line(), submitted_cents=49500)
    digest = validate(one, part(), PSEUDONYMS).content_digest

    same = validate(declaration(line(), submitted_cents=49500), part("b.xml", "cd" * 32), PSEUDONYMS)
    other_value = validate(declaration(line(unit_code="04"), submitted_cents=49500), part(), PSEUDONYMS)
    other_header = validate(replace(one, header=replace(one.header, identification="M2")), part(), PSEUDONYMS)
    other_key = validate(one, part(), Pseudonyms(b"l" * 32))

    assert same.content_digest == digest
    assert len({digest, other_value.content_digest, other_header.content_digest, other_key.content_digest}) == 4
