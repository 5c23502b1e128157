"""Each rule has a row that keeps it and a row that breaks exactly it."""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest
from stdnum.nl import bsn as stdnum_bsn

from pipelines.deliveries.model import Header, RawDelivery
from pipelines.validation import broken_rules
from pipelines.validation.casting import assemble, typed
from schemas.dataset import Dataset
from schemas.datasets import DATASETS
from schemas.fields import passes_bsn_check
from schemas.rules import Context

from .rows import VALID_ROWS, Row, breaking, every_rule

READ_BY_POH = {"poh_registrations", "survey_answers"}


def broken_by(dataset: Dataset, kind: str, release: str | None, *rows: Row) -> list[tuple[int, str, str]]:
    """Row number, field and rule of everything that the rows break."""
    columns = {name: [row.get(name) for row in rows] for name in dataset.delivered}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    frame = frame.with_columns(row_number=pl.int_range(1, len(rows) + 1, dtype=pl.Int32))
    raw = RawDelivery(Header(kind, release), {dataset.name: frame}, len(rows))
    broken = broken_rules(typed(assemble([raw], dataset), dataset), dataset, Context.of(kind, release))
    return sorted(broken.select("row_number", "field", "rule").iter_rows())


@cache
def broken_when_breaking(name: str, kind: str, release: str | None) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """Per rule that holds in a place: the rules that its breaking row breaks. All rows stand in one frame."""
    dataset, valid = DATASETS[name], VALID_ROWS[(name, kind, release)]
    codes = [(rule.code.field, rule.code.code) for rule in dataset.rules_for(Context.of(kind, release))]
    rows = [{**valid, **breaking(field, code)} for field, code in codes]
    broken = broken_by(dataset, kind, release, *rows)
    return {
        key: {(field, code) for row, field, code in broken if row == place} for place, key in enumerate(codes, start=1)
    }


@pytest.mark.parametrize(("name", "kind", "release"), VALID_ROWS)
def test_valid_row_breaks_nothing(name: str, kind: str, release: str | None) -> None:
    assert broken_by(DATASETS[name], kind, release, VALID_ROWS[(name, kind, release)]) == []


@pytest.mark.parametrize(
    ("dataset", "kind", "release", "field", "code"),
    every_rule(),
    ids=[f"{dataset.name}-{kind}-{release}-{field}-{code}" for dataset, kind, release, field, code in every_rule()],
)
def test_row_that_breaks_one_rule_is_told_exactly_that(
    dataset: Dataset, kind: str, release: str | None, field: str, code: str
) -> None:
    assert broken_when_breaking(dataset.name, kind, release)[(field, code)] == {(field, code)}


def test_every_rule_of_every_dataset_is_tested() -> None:
    tested = {
        id(rule) for name, kind, release in VALID_ROWS for rule in DATASETS[name].rules_for(Context.of(kind, release))
    }
    untested = [
        (dataset.name, rule.code)
        for dataset in DATASETS.values()
        if dataset.name not in READ_BY_POH
        for rule in dataset.rules
        if id(rule) not in tested
    ]

    assert untested == []


def test_a_row_that_breaks_two_rules_is_told_both() -> None:
    line = {**VALID_ROWS[("declaration_lines", "JW323", "3.2")], "bsn": "123456789", "period_to": "2022-02-01"}

    broken = broken_by(DATASETS["declaration_lines"], "JW323", "3.2", line)

    assert broken == [(1, "bsn", "bsn_check"), (1, "period_to", "not_one_month")]


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=list(DATASETS))
def test_messages_of_rules_are_one_sentence_and_codes_are_words(dataset: Dataset) -> None:
    for rule in dataset.rules:
        assert rule.code.message.endswith(".")
        assert rule.code.message.count(". ") == 0
        assert rule.code.code.replace("_", "").isalnum()
        assert rule.code.code == rule.code.code.lower()


@pytest.mark.parametrize(
    ("release", "field", "value", "is_allowed"),
    [
        ("2.3", "unit_code", "21", True),
        ("3.2", "unit_code", "21", False),
        ("2.3", "unit_code", "84", False),
        ("3.2", "unit_code", "84", True),
        ("3.0", "change_reason", "12", True),
        ("2.4", "change_reason", "12", False),
        ("2.1", "frequency_code", "5", True),
        ("3.1", "frequency_code", "5", False),
    ],
)
def test_code_list_depends_on_the_release(release: str, field: str, value: str, is_allowed: bool) -> None:
    valid = VALID_ROWS[("allocations", "JW301", "3.2")]

    broken = broken_by(DATASETS["allocations"], "JW301", release, {**valid, field: value})

    assert broken == ([] if is_allowed else [(1, field, "not_in_code_list")])


@pytest.mark.parametrize(
    ("use", "birth_date", "agrees"),
    [
        ("1", "2010-05-01", True),
        ("1", "2010-05-02", False),
        ("2", "2010-01-01", True),
        ("2", "2010-05-01", False),
        ("3", "1900-01-01", True),
        ("3", "2010-01-01", False),
    ],
)
def test_birth_date_agrees_with_what_is_known_of_it(use: str, birth_date: str, agrees: bool) -> None:
    valid = VALID_ROWS[("allocations", "JW301", "3.2")]

    broken = broken_by(
        DATASETS["allocations"], "JW301", "3.2", {**valid, "birth_date": birth_date, "birth_date_use": use}
    )

    assert broken == ([] if agrees else [(1, "birth_date", "birth_date_use")])


def test_withdrawal_with_another_end_date_is_kept() -> None:
    valid = VALID_ROWS[("allocations", "JW301", "3.2")]

    assert broken_by(DATASETS["allocations"], "JW301", "3.2", {**valid, "change_reason": "13"}) == []


@pytest.mark.parametrize("text", ["2022-1-12", "12-01-2022", "2022-02-30", "2022-01-12T00:00:00", "0", "morgen"])
def test_date_in_another_form_is_named_and_not_lost(text: str) -> None:
    valid = VALID_ROWS[("allocations", "JW301", "3.2")]

    broken = broken_by(DATASETS["allocations"], "JW301", "3.2", {**valid, "ends_on": text})

    assert broken == [(1, "ends_on", "not_a_date")]


def test_white_space_around_a_number_is_read() -> None:
    valid = VALID_ROWS[("declaration_lines", "JW323", "3.2")]

    assert broken_by(DATASETS["declaration_lines"], "JW323", "3.2", {**valid, "amount": " 49500\n"}) == []


def test_bsn_check_is_that_of_stdnum_for_each_number_of_a_range() -> None:
    numbers = [f"{number:09}" for number in (*range(999900000, 999901000), *range(0, 300))]

    passes = passes_bsn_check(pl.Series(numbers))

    assert passes.to_list() == [stdnum_bsn.is_valid(number) for number in numbers]
    assert 0 < passes.sum() < len(numbers)


def test_bsn_check_leaves_text_that_is_not_nine_digits_to_other_rules() -> None:
    texts = [None, "", "1", "+12345678", "-12345678", "-00000000", " 12345678", "1234567.8", "12345678a", "1234567890"]

    assert passes_bsn_check(pl.Series(texts)).to_list() == [True] * len(texts)
