"""Dates, amounts, codes and identifiers of a CSV: what has one reading gets it, what has none stays as it is."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.deliveries.flat import numbers
from tests.deliveries.flat.exports import (
    ALLOCATION,
    DECLARATION,
    REGISTRATION,
    amounts_of,
    column,
    csv_bytes,
    read_one,
    refusal_of,
)


def _declaration(**values: str) -> bytes:
    return csv_bytes([{**DECLARATION, **values}])


# --- dates ---


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2019-03-31", "2019-03-31"),
        ("31-03-2019", "2019-03-31"),
        ("1-3-2019", "2019-03-01"),
        ("2019-03-31 00:00:00", "2019-03-31"),
        ("2019-03-31T00:00:00.000", "2019-03-31"),
        ("30-02-2019", "30-02-2019"),
        ("2019-02-30", "2019-02-30"),
        ("31/03/2019", "31/03/2019"),
        ("31-03-19", "31-03-19"),
        ("43555", "43555"),
        ("morgen", "morgen"),
    ],
)
def test_date_that_exists_is_iso_and_any_other_stays(text: str, read: str) -> None:
    assert column(read_one(_declaration(einddatum=text)), "period_to") == [read]


def test_each_row_has_its_own_date_form() -> None:
    rows = [{**DECLARATION, "begindatum": text} for text in ("2019-03-01", "01-04-2019", "", "31-04-2019")]
    assert column(read_one(csv_bytes(rows)), "period_from") == ["2019-03-01", "2019-04-01", None, "31-04-2019"]


@pytest.mark.parametrize(
    ("texts", "dated_on"),
    [
        (("2019-05-01", "15-06-2019", "31-06-2019"), date(2019, 6, 15)),
        (("", ""), date(2020, 6, 1)),
        (("morgen", ""), date(2020, 6, 1)),
    ],
)
def test_delivery_is_dated_on_its_newest_own_date_else_on_its_file(texts: tuple[str, ...], dated_on: date) -> None:
    rows = [{**DECLARATION, "dagtekening": text} for text in texts]
    assert read_one(csv_bytes(rows)).header.dated_on == dated_on


def test_registrations_are_dated_on_the_newest_of_two_columns() -> None:
    rows = [
        {**REGISTRATION, "afsluitdatum": "01-05-2019"},
        {**REGISTRATION, "aanmelddatum": "2019-04-01", "afsluitdatum": ""},
    ]
    assert read_one(csv_bytes(rows)).header.dated_on == date(2019, 5, 1)


def test_line_is_known_on_its_own_dagtekening() -> None:
    rows = [{**DECLARATION, "dagtekening": "10-04-2019"}, {**DECLARATION, "dagtekening": ""}]
    assert column(read_one(csv_bytes(rows)), "known_at") == ["2019-04-10", None]


# --- amounts ---


@pytest.mark.parametrize(
    ("texts", "cents"),
    [
        (("1234.56", "12.5", "7"), ["D123456", "D1250", "D700"]),
        (("1234,56", "12,5", "7"), ["D123456", "D1250", "D700"]),
        (("1.234,56", "1.234", "7"), ["D123456", "D123400", "D700"]),
        (("1.234.567", "0,05"), ["D123456700", "D5"]),
        (("1,234.56", "1,234"), ["D123456", "D123400"]),
        (("-1.234,56", "-0,10", "-5"), ["C123456", "C10", "C500"]),
        (("-0", "-0,00", "-0,000"), ["D0", "D0", "D0"]),
        (("€ 1.234,56", "1 234,56 EUR", "12,00-", "+3,00"), ["D123456", "D123456", "C1200", "D300"]),
        (("\u221212,50", "1\u00a0234,50"), ["C1250", "D123450"]),
        (("1234.5600", "0.1000"), ["D123456", "D10"]),
        ((".50", "12.34"), ["D50", "D1234"]),
        (("1000000000", "999999999999.99"), ["D100000000000", "D99999999999999"]),
    ],
)
def test_amounts_are_read_in_the_form_of_their_column(texts: tuple[str, ...], cents: list[str]) -> None:
    assert amounts_of(*texts) == cents


@pytest.mark.parametrize("text", ["twaalf", "12,345,6", "1234,567", "12..5", "1,2,3", "9" * 30, "0,125", "12-3"])
def test_what_is_no_amount_stays_for_validation(text: str) -> None:
    assert amounts_of(text, "12,50") == [f"D{text}", "D1250"]


def test_two_minus_signs_leave_one_for_validation() -> None:
    assert amounts_of("--5,00", "12,50") == ["C-5,00", "D1250"]


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (("1.234",), "digits.three digits"),
        (("1.234", "12.50"), "digits.three digits"),
        (("1.234", "-1.234"), "digits.three digits"),
        (("1,234",), "digits,three digits"),
        (("1,234", "12,50"), "digits,three digits"),
        (("12.50", "12,50"), "both decimal commas"),
        (("1.234,56", "12.50"), "both decimal commas"),
        (("1.234,56", "1,234.56"), "both decimal commas"),
    ],
)
def test_amounts_with_two_readings_refuse_the_file_and_show_the_forms(texts: tuple[str, ...], form: str) -> None:
    refusal = refusal_of(csv_bytes([{**DECLARATION, "bedrag": text} for text in texts]))
    assert refusal.reason == "two_readings"
    assert "bedrag" in refusal.message
    assert form in refusal.message
    assert not any(text in refusal.message for text in texts)


def test_each_column_of_amounts_has_its_own_form() -> None:
    lines = read_one(_declaration(bedrag="1.234,50", tarief="12.50")).tables["declaration_lines"]
    assert lines.select("amount", "tariff_cents").row(0) == ("123450", "1250")


@pytest.mark.parametrize(
    ("texts", "read"), [(("0,125", "1,5"), ["0.125", "1.5"]), (("1.500", "0.5"), ["1.500", "0.5"])]
)
def test_volume_may_have_three_decimals(texts: tuple[str, ...], read: list[str]) -> None:
    rows = [{**DECLARATION, "volume": text} for text in texts]
    assert column(read_one(csv_bytes(rows)), "volume") == read


def test_volume_that_nothing_decides_refuses_the_file() -> None:
    assert refusal_of(_declaration(volume="1.500")).reason == "two_readings"


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(-(10**11), 10**11), min_size=1, max_size=8),
    st.sampled_from([".", ","]),
    st.booleans(),
)
def test_written_amounts_are_read_back(cents: list[int], decimal: str, has_thousands: bool) -> None:
    thousands = {".": ",", ",": "."}[decimal]

    def written(value: int) -> str:
        euros, rest = divmod(abs(value), 100)
        digits = f"{euros:,}".replace(",", thousands if has_thousands else "")
        return f"{'-' if value < 0 else ''}{digits}{decimal}{rest:02d}"

    read = amounts_of(*map(written, cents))
    assert read == [f"{'C' if value < 0 else 'D'}{abs(value)}" for value in cents]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text("0123456789.,- €", max_size=9), min_size=1, max_size=5))
def test_no_amount_is_lost_whatever_is_written(texts: list[str]) -> None:
    frame = pl.DataFrame({"bedrag": pl.Series(texts, dtype=pl.String)})
    for convention in numbers.Convention:
        read = frame.select(numbers.cents(pl.col("bedrag"), convention)).to_series()
        assert read.null_count() == 0


# --- debit, credit and the verdict ---


@pytest.mark.parametrize(
    ("amount", "stated", "read"),
    [
        ("5,00", "", ("500", "D")),
        ("-5,00", "", ("500", "C")),
        ("5,00", "C", ("500", "C")),
        ("5,00", "d", ("500", "D")),
        ("5,00", "Credit", ("500", "C")),
        ("-5,00", "C", ("-500", "C")),
        ("-5,00", "D", ("-500", "D")),
        ("-0,00", "C", ("0", "C")),
        ("5,00", "X", ("500", "X")),
    ],
)
def test_credit_is_negative_or_stated_and_a_contradiction_stays(
    amount: str, stated: str, read: tuple[str, str]
) -> None:
    lines = read_one(_declaration(bedrag=amount, debet_credit=stated)).tables["declaration_lines"]
    assert lines.select("amount", "debit_credit").row(0) == read


def test_verdict_is_english_and_approved_by_default() -> None:
    rows = [{**DECLARATION, "oordeel": text} for text in ("toegekend", "Afgekeurd", "open", "", "misschien")]
    verdicts = column(read_one(csv_bytes(rows)), "verdict")
    assert verdicts == ["approved", "rejected", "open", "approved", "misschien"]
    assert column(read_one(csv_bytes([DECLARATION])), "verdict") == ["approved"]


# --- identifiers and codes ---


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("12345672", "012345672"),
        ("12345671", "12345671"),
        ("999900006", "999900006"),
        ("1234567", "1234567"),
        ("0", "0"),
    ],
)
def test_bsn_gets_its_zero_back_when_it_then_is_one(text: str, read: str) -> None:
    assert column(read_one(_declaration(bsn=text)), "bsn") == [read]


@pytest.mark.parametrize(("text", "read"), [("1001001", "01001001"), ("94999001", "94999001"), ("101001", "101001")])
def test_agb_code_of_seven_digits_gets_its_zero_back(text: str, read: str) -> None:
    assert column(read_one(_declaration(aanbieder_agb=text)), "provider_agb") == [read]


@pytest.mark.parametrize(
    ("text", "read"), [("988", "0988"), ("34", "0034"), ("0988", "0988"), ("0", "0"), ("98x", "98x")]
)
def test_municipality_code_gets_its_zeros_back(text: str, read: str) -> None:
    assert column(read_one(_declaration(gemeentecode=text)), "municipality_code") == [read]


def test_codes_of_two_digits_get_their_zero_back() -> None:
    row = {**ALLOCATION, "reden_wijziging": "4", "verwijzer_type": "2", "toewijzingstijd": "9:05"}
    tables = read_one(csv_bytes([row])).tables
    assert tables["allocations"].select("change_reason", "allocated_at").row(0) == ("04", "09:05:00")
    assert tables["referral_requests"]["referrer_type"].to_list() == ["02"]
    assert column(read_one(_declaration(eenheid="4")), "unit_code") == ["04"]
