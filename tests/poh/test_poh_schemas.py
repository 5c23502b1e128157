"""What a valid registration and a valid answer is, rule by rule; and what of them reaches the lake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import polars as pl
import pytest

from pipelines.deliveries.model import Header, Part, RawDelivery, ValidatedDelivery
from pipelines.pseudonyms import Pseudonyms
from pipelines.validation import broken_rules, validate
from pipelines.validation.casting import assemble, typed
from schemas.dataset import Dataset
from schemas.poh_registrations import POH_REGISTRATIONS
from schemas.rules import Context
from schemas.survey_answers import SURVEY_ANSWERS

KINDS = {"poh_registrations": "poh_registraties", "survey_answers": "ervaringen"}
VALID: Mapping[str, Mapping[str, str]] = {
    "poh_registrations": {
        "registration_id": "R-1",
        "municipality_code": "0402",
        "practice": "Praktijk De Linde",
        "bsn": "999900006",
        "birth_date": "2008-03-02",
        "age": "12",
        "sex": "Vrouw",
        "referred_on": "2021-03-01",
        "intake_on": "2021-03-01",
        "closed_on": "2021-03-01",
        "contacts": "0",
        "reporter": "ouder",
    },
    "survey_answers": {
        "survey_id": "E-1",
        "audience": "huisarts",
        "municipality_code": "0402",
        "answered_on": "2021-10-01",
        "question": "rapportcijfer",
        "score": "8.5",
        "scale_max": "10",
        "respondent_id": "arts 1",
    },
}
BREAKING = [
    ("poh_registrations", {"registration_id": None}, "registration_id", "required"),
    ("poh_registrations", {"registration_id": "  "}, "registration_id", "required"),
    ("poh_registrations", {"municipality_code": None}, "municipality_code", "required"),
    ("poh_registrations", {"municipality_code": "402"}, "municipality_code", "not_digits"),
    (
        "poh_registrations",
        {"referred_on": "2021-02-30", "intake_on": None, "closed_on": None},
        "referred_on",
        "not_a_date",
    ),
    ("poh_registrations", {"referred_on": None, "intake_on": None, "closed_on": None}, "referred_on", "required"),
    ("poh_registrations", {"intake_on": "1 maart"}, "intake_on", "not_a_date"),
    ("poh_registrations", {"intake_on": "2021-02-28"}, "intake_on", "date_order"),
    ("poh_registrations", {"closed_on": "gesloten"}, "closed_on", "not_a_date"),
    ("poh_registrations", {"closed_on": "2021-02-28"}, "closed_on", "date_order"),
    ("poh_registrations", {"intake_on": "2021-03-05", "closed_on": "2021-03-04"}, "closed_on", "date_order"),
    ("poh_registrations", {"birth_date": "2008"}, "birth_date", "not_a_date"),
    ("poh_registrations", {"age": "twaalf"}, "age", "not_a_number"),
    ("poh_registrations", {"age": "12.5"}, "age", "not_a_number"),
    ("poh_registrations", {"birth_date": None, "age": None}, "age", "required"),
    ("poh_registrations", {"birth_date": "1995-02-28"}, "age", "out_of_range"),
    ("poh_registrations", {"birth_date": "2021-03-02"}, "age", "out_of_range"),
    ("poh_registrations", {"birth_date": None, "age": "26"}, "age", "out_of_range"),
    ("poh_registrations", {"bsn": "999900007"}, "bsn", "bsn_check"),
    ("poh_registrations", {"bsn": "99990000"}, "bsn", "not_digits"),
    ("poh_registrations", {"contacts": "veel"}, "contacts", "not_a_number"),
    ("poh_registrations", {"contacts": "-1"}, "contacts", "out_of_range"),
    ("survey_answers", {"survey_id": None}, "survey_id", "required"),
    ("survey_answers", {"audience": None}, "audience", "required"),
    ("survey_answers", {"municipality_code": None}, "municipality_code", "required"),
    ("survey_answers", {"municipality_code": "Weert"}, "municipality_code", "not_digits"),
    ("survey_answers", {"answered_on": None}, "answered_on", "required"),
    ("survey_answers", {"answered_on": "2021-13-01"}, "answered_on", "not_a_date"),
    ("survey_answers", {"question": None}, "question", "required"),
    ("survey_answers", {"score": None}, "score", "required"),
    ("survey_answers", {"score": "goed"}, "score", "not_a_number"),
    ("survey_answers", {"score": "10.5"}, "score", "out_of_range"),
    ("survey_answers", {"score": "-1"}, "score", "out_of_range"),
    ("survey_answers", {"scale_max": None}, "scale_max", "required"),
    ("survey_answers", {"scale_max": "tien"}, "scale_max", "not_a_number"),
    ("survey_answers", {"scale_max": "0", "score": "0"}, "scale_max", "out_of_range"),
]
DATASETS = {"poh_registrations": POH_REGISTRATIONS, "survey_answers": SURVEY_ANSWERS}


def raw_delivery(dataset: Dataset, *rows: Mapping[str, str | None]) -> RawDelivery:
    columns = {name: [row.get(name) for row in rows] for name in dataset.delivered}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    frame = frame.with_columns(row_number=pl.int_range(1, len(rows) + 1, dtype=pl.Int32))
    header = Header(KINDS[dataset.name], dated_on=date(2021, 7, 1))
    return RawDelivery(header, {dataset.name: frame}, len(rows))


def validated(dataset: Dataset, *rows: Mapping[str, str | None]) -> ValidatedDelivery:
    part = Part("export.csv", None, "a" * 64, datetime(2021, 7, 1, tzinfo=UTC), b"")
    return validate(raw_delivery(dataset, *rows), part, Pseudonyms(b"k" * 32))


def broken_by(dataset: Dataset, *rows: Mapping[str, str | None]) -> list[tuple[int, str, str]]:
    frame = typed(assemble([raw_delivery(dataset, *rows)], dataset), dataset)
    broken = broken_rules(frame, dataset, Context(KINDS[dataset.name]))
    return sorted(broken.select("row_number", "field", "rule").iter_rows())


@pytest.mark.parametrize("name", VALID)
def test_a_valid_row_breaks_nothing(name: str) -> None:
    assert broken_by(DATASETS[name], VALID[name]) == []


@pytest.mark.parametrize(("name", "change", "field", "rule"), BREAKING)
def test_a_row_that_breaks_one_rule_is_told_exactly_that(
    name: str, change: Mapping[str, str | None], field: str, rule: str
) -> None:
    assert broken_by(DATASETS[name], VALID[name], {**VALID[name], **change}, VALID[name]) == [(2, field, rule)]


@pytest.mark.parametrize("name", VALID)
def test_every_rule_has_a_row_that_breaks_it(name: str) -> None:
    rules = {(rule.code.field, rule.code.code) for rule in DATASETS[name].rules}
    assert rules == {(field, rule) for dataset, _, field, rule in BREAKING if dataset == name}


@pytest.mark.parametrize(
    ("birth_date", "age", "expected"),
    [
        ("2008-03-01", None, 13),
        ("2008-03-02", None, 12),
        ("2008-01-31", None, 13),
        ("2008-09-30", None, 12),
        ("2007-12-31", None, 13),
        ("2004-02-29", None, 17),
        ("2008-03-02", "20", 12),
        (None, "0", 0),
        (None, "25", 25),
    ],
)
def test_age_is_in_whole_years_on_the_day_of_referral(birth_date: str | None, age: str | None, expected: int) -> None:
    row = {**VALID["poh_registrations"], "birth_date": birth_date, "age": age}
    lake = validated(POH_REGISTRATIONS, row).tables["poh_registrations"]
    assert lake["age"].to_list() == [expected]
    assert lake["birth_year"].to_list() == [int(birth_date[:4]) if birth_date else None]


def test_a_registration_in_the_lake_names_nobody() -> None:
    personal = {
        "practice": "Huisarts Janssen",
        "referred_to_provider": "Mevrouw De Vries",
        "presenting_problem": "Jantje slaapt slecht",
        "activities": "belde met Oma|triage en screening",
    }
    result = validated(POH_REGISTRATIONS, {**VALID["poh_registrations"], **personal})
    lake = result.tables["poh_registrations"].row(0, named=True)
    texts = str(lake) + str(result.findings.rows()) + str(result.quarantine.rows())
    for name in ("999900006", "2008-03-02", "datetime.date(2008", "Janssen", "Vries", "Jantje", "Oma"):
        assert name not in texts
    assert lake["presenting_problem"] == "unknown"
    assert lake["activities"] == "triage_and_screening unknown"
    assert lake["referred_to_provider"] == "other"
    assert lake["practice_key"] is None
    assert len(lake["practice_text_hash"]) == 32
    found = result.findings.select("row_number", "finding", "reference").rows()
    assert sorted(found) == [(1, "unknown_category", "hulpvraag"), (1, "unknown_category", "werkzaamheden")]


def test_a_registration_without_bsn_stays_unlinked() -> None:
    lake = validated(POH_REGISTRATIONS, {**VALID["poh_registrations"], "bsn": None}).tables["poh_registrations"]
    assert lake["client_key"].to_list() == [None]
    assert lake.columns == list(POH_REGISTRATIONS.lake)


@pytest.mark.parametrize("code", ["01999001", "1999001"])
def test_a_practice_named_by_its_agb_code_keeps_it(code: str) -> None:
    lake = validated(POH_REGISTRATIONS, {**VALID["poh_registrations"], "practice": code}).tables["poh_registrations"]
    assert lake.select("practice_key", "practice_text_hash").rows() == [("01999001", None)]


def test_an_answer_in_the_lake_has_categories_and_no_respondent() -> None:
    result = validated(
        SURVEY_ANSWERS, VALID["survey_answers"], {**VALID["survey_answers"], "question": "Wat zei Piet?"}
    )
    lake = result.tables["survey_answers"]
    assert lake.select("audience", "question", "score").rows() == [("gp", "overall_rating", 8.5), ("gp", "other", 8.5)]
    assert lake["respondent_key"].str.len_chars().to_list() == [32, 32]
    assert "Piet" not in str(lake.rows())
    assert lake.columns == list(SURVEY_ANSWERS.lake)
