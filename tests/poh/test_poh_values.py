"""Value lists: every accepted spelling is its category, and nothing else is guessed."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.poh_values import (
    LISTED_COLUMNS,
    audiences,
    categorise,
    normal_form,
    normal_forms,
    outcome_forms,
    questions,
    value_lists,
)

SEED = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds" / "poh" / "poh_categories.csv"
REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "domain" / "poh_categories.csv"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference value lists are not at hand")
def test_lists_equal_those_of_the_reference() -> None:
    ours = {
        (row["dimension"], row["category"]): (row["sort"], row["label_nl"], row["input_column"])
        for row in rows_of(SEED)
    }
    theirs = rows_of(REFERENCE)
    assert ours == {
        (row["dimension"], row["category"]): (row["sort"], row["label_nl"], row["input_column"]) for row in theirs
    }
    forms = {
        (row["dimension"], form): row["category"]
        for row in theirs
        for form in row["accepted_normal_forms"].split("|")
        if form
    }
    lists = [values for dimension, values in value_lists().items() if dimension not in ("audience", "question")]
    assert {(one.dimension, form): category for one in lists for form, category in one.forms.items()} == forms


def test_every_group_category_is_in_the_list_of_its_group() -> None:
    rows = rows_of(SEED)
    listed = {(row["dimension"], row["category"]) for row in rows}
    grouped = [row for row in rows if row["group_category"]]
    assert {row["dimension"] for row in grouped} == {"outcome_clarification", "outcome_treatment", "presenting_problem"}
    assert all((f"{row['dimension']}_group", row["group_category"]) in listed for row in grouped)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=20), min_size=1))
def test_normal_forms_of_a_column_equal_those_of_single_texts(texts: list[str]) -> None:
    column = pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(normal_forms(pl.col("text"))).to_series()
    assert column.to_list() == [normal_form(text) or None for text in texts]
    assert all(normal_form(normal_form(text)) == normal_form(text) for text in texts)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Ja, BGGZ", "bggz"),
        ("Ja, verwezen naar voorveld", "voorveld"),
        ("nee: doorverwezen naar in de wijk", "in de wijk"),
        ("Verwijzing naar SGGZ", "sggz"),
        ("naar Jeugd en Gezin", "jeugd en gezin"),
        ("Nee", "nee"),
        ("naar", "naar"),
        ("Niet verder verwezen", "niet verder verwezen"),
        ("Jaarlijks", "jaarlijks"),
    ],
)
def test_leading_words_of_an_outcome_are_dropped_when_more_follows(text: str, form: str) -> None:
    assert pl.DataFrame({"text": [text]}).select(outcome_forms(pl.col("text"))).item() == form


@pytest.mark.parametrize(
    ("column", "text", "category"),
    [
        ("reporter", "  OUDERS / verzorgers ", "parent"),
        ("sex", "V", "female"),
        ("sex", "X", "unknown"),
        ("presenting_problem", "Emotionele- en gedragsproblemen", "psychosocial_functioning"),
        ("support_offered", "18+-ers", "other"),
        ("support_offered", "Info en advies/ondersteuning consulent CJG", "information_and_advice"),
        ("support_offered", "WMO|ambulante hulp|wmo", "poh_ambulatory_support other_basic_service"),
        (
            "activities",
            "Psycho-educatie|  |Vraagverheldering (triage en screening)",
            "triage_and_screening psychoeducation",
        ),
        (
            "outcome_clarification",
            "voorveld, zoals Jeugd en gezin (=geen specialistische ondersteuning)",
            "referred_local_support",
        ),
        ("outcome_treatment", "Nee", "not_referred"),
        ("referred_to_provider", "MediPSy", "medipsy"),
        ("referred_to_provider", "94999001", "agb_94999001"),
        ("referred_to_provider", "Iemand met een naam", "other"),
        ("referred_profile", "kort intens", "ggz_kort_intens"),
        ("referred_profile", "iets anders", "overig"),
        ("formal_referrer", "01", "municipality"),
        ("bridging", "waar", "yes"),
        ("bridging", " - ", None),
        ("reporter", "", None),
        ("activities", "| |", None),
        ("reporter", None, None),
    ],
)
def test_a_delivered_text_gives_its_category_and_no_finding(
    column: str, text: str | None, category: str | None
) -> None:
    frame = pl.DataFrame({"row_number": [1], column: [text]}, schema={"row_number": pl.Int32, column: pl.String})
    read = categorise(frame)
    assert read.frame[column].to_list() == [category]
    assert read.findings.is_empty()


@pytest.mark.parametrize("listed", [one for one in LISTED_COLUMNS if value_lists()[one.dimension].is_reported])
def test_an_unrecognised_value_is_unknown_and_a_finding_without_its_text(listed) -> None:
    frame = pl.DataFrame(
        {"row_number": [7, 8], listed.column: ["Piet Pietersen", None]},
        schema={"row_number": pl.Int32, listed.column: pl.String},
    )
    read = categorise(frame)
    assert read.frame[listed.column].to_list() == ["unknown", None]
    assert read.findings.rows() == [(7, value_lists()[listed.dimension].input_column)]
    assert "Piet" not in str(read.frame.rows()) + str(read.findings.rows())


def test_an_unrecognised_value_beside_a_recognised_one_keeps_both() -> None:
    frame = pl.DataFrame(
        {"row_number": [1], "activities": ["overbruggingshulp|iets"]}, schema_overrides={"row_number": pl.Int32}
    )
    read = categorise(frame)
    assert read.frame["activities"].to_list() == ["bridging_support unknown"]
    assert read.findings.rows() == [(1, "werkzaamheden")]


def test_a_provider_of_the_deployment_is_its_own_category() -> None:
    frame = pl.DataFrame(
        {"row_number": [1, 2], "referred_to_provider": ["De Brug (Weert)", "PIO"]},
        schema_overrides={"row_number": pl.Int32},
    )
    read = categorise(frame, {"De Brug, Weert": "de_brug"})
    assert read.frame["referred_to_provider"].to_list() == ["de_brug", "pio"]


@pytest.mark.parametrize(
    ("text", "audience"),
    [
        ("Kind", "youth"),
        ("Ouder/verzorger", "parent"),
        ("huisartsen", "gp"),
        ("POH", "poh"),
        ("buurman", "other"),
        ("", None),
    ],
)
def test_an_audience_is_listed_or_other(text: str, audience: str | None) -> None:
    assert pl.DataFrame({"text": [text]}).select(audiences(pl.col("text"))).item() == audience


def test_an_own_question_is_kept_from_its_fifth_answer_on() -> None:
    asked = ["Hoe was de sfeer in de wachtkamer?"] * 5 + ["Belt u mij, Piet, 06-12345678"] * 4 + ["Cliënttevredenheid"]
    kept = questions(pl.DataFrame({"question": asked})).to_list()
    assert kept == ["hoe_was_de_sfeer_in_de_wachtkamer"] * 5 + ["other"] * 4 + ["overall_rating"]


def test_an_own_question_is_cut_at_sixty_characters() -> None:
    kept = questions(pl.DataFrame({"question": ["vraag " * 30] * 5})).unique().to_list()
    assert [len(question) for question in kept] == [60]
