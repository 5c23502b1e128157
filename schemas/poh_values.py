"""The value lists of POH registrations and surveys: text as delivered → category.

Belongs here: normal forms, the lists themselves (read from the product's seeds, which dbt loads too) and the vectorised
mapping. Does not belong here: what a valid row is (``poh_registrations.py``, ``survey_answers.py``) and any counting.
Nothing in this module returns a text as delivered; a finding names the column alone.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import polars as pl

UNKNOWN = "unknown"
OTHER = "other"
VALUE_SEPARATOR = "|"
MINIMUM_ANSWERS_OF_OWN_QUESTION = 5
MAXIMUM_QUESTION_LENGTH = 60

_SEEDS = Path(__file__).resolve().parent.parent / "dbt_project" / "seeds" / "poh"
# poh.md section 2: dropped from the front of an outcome when more words follow, in this order.
_OUTCOME_ANSWER = r"^(?:ja|nee) "
_OUTCOME_DIRECTION = r"^(?:verwezen naar|doorverwezen naar|verwijzing naar|naar) "


@dataclass(frozen=True)
class ValueList:
    """One value list: which normal forms are which category.

    Attributes:
        dimension: the dimension of ``marts.poh_counts``, or ``audience`` or ``question`` of the survey.
        input_column: the source's (Dutch) column.
        categories: the categories in the order of the list.
        forms: normal form → category; a category's name, its label and its spellings are all forms.
        fallback: the category of a filled value that is in no form.
        is_reported: whether such a value is a finding; not for the two lists that end in "everything else".
    """

    dimension: str
    input_column: str
    categories: tuple[str, ...]
    forms: Mapping[str, str]
    fallback: str
    is_reported: bool


@dataclass(frozen=True)
class ListedColumn:
    """A column of the lake that holds categories.

    Attributes:
        column: our name, in the frame as read and in the lake.
        dimension: its value list.
        is_multiple: several values, separated by ``|`` as delivered and by a space in the lake.
        is_outcome: one of the two outcomes, whose leading words may be dropped.
    """

    column: str
    dimension: str
    is_multiple: bool = False
    is_outcome: bool = False


@dataclass(frozen=True)
class Categorised:
    """A frame whose listed columns hold categories.

    Attributes:
        frame: the same rows and columns; a listed column is null when empty, else a category (or several, joined by a
            space).
        findings: ``row_number`` Int32, ``input_column`` str: one row per row and column with an unrecognised value.
    """

    frame: pl.DataFrame
    findings: pl.DataFrame


LISTED_COLUMNS = (
    ListedColumn("sex", "sex"),
    ListedColumn("reporter", "reporter"),
    ListedColumn("presenting_problem", "presenting_problem"),
    ListedColumn("activities", "activity", is_multiple=True),
    ListedColumn("outcome_clarification", "outcome_clarification", is_outcome=True),
    ListedColumn("support_offered", "support_offered", is_multiple=True),
    ListedColumn("outcome_treatment", "outcome_treatment", is_outcome=True),
    ListedColumn("referred_to_provider", "referred_to_provider"),
    ListedColumn("referred_profile", "referred_profile"),
    ListedColumn("formal_referrer", "formal_referrer"),
    ListedColumn("bridging", "bridging"),
)

# poh.md section 5: what else is filled is one category, and no finding.
_FALLBACKS = {"referred_to_provider": OTHER, "referred_profile": "overig", "audience": OTHER, "question": OTHER}
_AGB_CATEGORY = "agb_<code>"


def normal_form(text: str) -> str:
    """Lower case, accents off, every run of other characters than a-z and 0-9 one space, trimmed (poh.md section 2)."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


def normal_forms(values: pl.Expr) -> pl.Expr:
    """:func:`normal_form` for a column of text; null stays null, nothing but punctuation becomes null."""
    plain = values.str.to_lowercase().str.normalize("NFKD").str.replace_all(r"\p{Mn}", "")
    form = plain.str.replace_all(r"[^a-z0-9]+", " ").str.strip_chars(" ")
    return pl.when(form != "").then(form)


def outcome_forms(values: pl.Expr) -> pl.Expr:
    """The normal form of an outcome: "Ja, verwezen naar BGGZ" is "bggz", and "Nee" stays "nee"."""
    return normal_forms(values).str.replace(_OUTCOME_ANSWER, "").str.replace(_OUTCOME_DIRECTION, "")


@cache
def value_lists() -> Mapping[str, ValueList]:
    """All value lists by dimension, from the product's seeds ``poh_categories`` and ``survey_categories``."""
    rows: dict[str, list[dict[str, str]]] = {}
    for seed in ("poh_categories", "survey_categories"):
        with (_SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                rows.setdefault(row["dimension"], []).append(row)
    return MappingProxyType(
        {dimension: _value_list(dimension, listed) for dimension, listed in rows.items() if listed[0]["input_column"]}
    )


def _value_list(dimension: str, rows: list[dict[str, str]]) -> ValueList:
    forms: dict[str, str] = {}
    for row in rows:
        if row["category"] == _AGB_CATEGORY:
            continue
        spellings = [spelling for spelling in row["spellings"].split(VALUE_SEPARATOR) if spelling]
        for form in (normal_form(row["category"]), normal_form(row["label_nl"]), *spellings):
            if forms.setdefault(form, row["category"]) != row["category"]:
                raise ValueError(f"value list {dimension}: one form belongs to two categories")
    return ValueList(
        dimension=dimension,
        input_column=rows[0]["input_column"],
        categories=tuple(row["category"] for row in rows),
        forms=MappingProxyType(forms),
        fallback=_FALLBACKS.get(dimension, UNKNOWN),
        is_reported=dimension not in _FALLBACKS,
    )


def categorise(frame: pl.DataFrame, own_providers: Mapping[str, str] | None = None) -> Categorised:
    """Read the listed columns of POH registrations to categories.

    Args:
        frame: text columns of :data:`LISTED_COLUMNS` (an absent one reads as empty) and ``row_number`` Int32.
        own_providers: organisations that a deployment adds to ``referred_to_provider``: name → category.

    Returns:
        The frame with categories in place of text, and the unrecognised values by row and column.
    """
    findings = []
    for listed in LISTED_COLUMNS:
        if listed.column not in frame.columns:
            frame = frame.with_columns(pl.lit(None, pl.String).alias(listed.column))
            continue
        values = value_lists()[listed.dimension]
        if listed.column == "referred_to_provider" and own_providers:
            values = _with_own_providers(values, own_providers)
        categories = _categories(frame, listed, values)
        if values.is_reported:
            findings.append(_findings(categories, values.input_column))
        frame = frame.with_columns(categories["category"].alias(listed.column))
    no_findings = pl.DataFrame(schema={"row_number": pl.Int32, "input_column": pl.String})
    return Categorised(frame, pl.concat([no_findings, *findings]).sort("row_number", "input_column"))


def _with_own_providers(values: ValueList, own: Mapping[str, str]) -> ValueList:
    forms = {normal_form(name): category for name, category in own.items()} | dict(values.forms)
    return ValueList(values.dimension, values.input_column, values.categories, forms, values.fallback, False)


def _categories(frame: pl.DataFrame, listed: ListedColumn, values: ValueList) -> pl.DataFrame:
    """``row_number``, ``category`` (null when empty), ``is_unrecognised``: each row of the frame, in its order."""
    texts = frame.select("row_number", text=pl.col(listed.column))
    # Distinct texts are few, so the regular expressions run on those alone.
    distinct = texts.select(pl.col("text").unique(maintain_order=True)).drop_nulls()
    read = _read_several(distinct, values) if listed.is_multiple else _read_one(distinct, listed, values)
    return texts.join(read, on="text", how="left", maintain_order="left").select(
        "row_number", "category", pl.col("is_unrecognised").fill_null(False)
    )


def _category_of(form: pl.Expr, values: ValueList) -> pl.Expr:
    listed = form.replace_strict(dict(values.forms), default=None, return_dtype=pl.String)
    if _AGB_CATEGORY in values.categories:
        agb = pl.when(form.str.contains(r"^\d{8}$")).then(pl.lit("agb_") + form)
        listed = pl.coalesce(listed, agb)
    return pl.when(form.is_not_null()).then(listed.fill_null(values.fallback))


def _is_unrecognised(form: pl.Expr, values: ValueList) -> pl.Expr:
    return form.is_not_null() & ~form.is_in(list(values.forms)) & pl.lit(values.is_reported)


def _read_one(distinct: pl.DataFrame, listed: ListedColumn, values: ValueList) -> pl.DataFrame:
    form = outcome_forms(pl.col("text")) if listed.is_outcome else normal_forms(pl.col("text"))
    return distinct.with_columns(form=form).select(
        "text",
        category=_category_of(pl.col("form"), values),
        is_unrecognised=_is_unrecognised(pl.col("form"), values),
    )


def _read_several(distinct: pl.DataFrame, values: ValueList) -> pl.DataFrame:
    """Several values: each category once, in the order of the list, so that the order of delivery does not matter."""
    order = {category: place for place, category in enumerate(values.categories)}
    parts = (
        distinct.with_columns(part=pl.col("text").str.split(VALUE_SEPARATOR))
        .explode("part", empty_as_null=True)
        .with_columns(form=normal_forms(pl.col("part")))
        .drop_nulls("form")
        .with_columns(
            category=_category_of(pl.col("form"), values), is_unrecognised=_is_unrecognised(pl.col("form"), values)
        )
        .with_columns(place=pl.col("category").replace_strict(order, default=len(order), return_dtype=pl.Int32))
        .sort("text", "place")
    )
    return parts.group_by("text", maintain_order=True).agg(
        category=pl.col("category").unique(maintain_order=True).str.join(" "),
        is_unrecognised=pl.col("is_unrecognised").any(),
    )


def _findings(categories: pl.DataFrame, input_column: str) -> pl.DataFrame:
    return categories.filter("is_unrecognised").select(
        pl.col("row_number").cast(pl.Int32), input_column=pl.lit(input_column)
    )


def audiences(values: pl.Expr) -> pl.Expr:
    """The survey's audience (poh.md section 8): everything not listed is ``other``; empty stays null."""
    return _category_of(normal_forms(values), value_lists()["audience"])


def questions(frame: pl.DataFrame, column: str = "question") -> pl.Series:
    """The survey's question (poh.md section 8), one value per row of the frame, null when empty.

    A question outside the list keeps its own text in snake_case, at most 60 characters, once at least 5 answers of this
    file have it, and is ``other`` until then: a text that few rows have may be a remark in the wrong column.
    """
    values = value_lists()["question"]
    forms = frame.select(form=normal_forms(pl.col(column)))
    own = pl.col("form").str.replace_all(" ", "_").str.slice(0, MAXIMUM_QUESTION_LENGTH)
    read = forms.with_columns(own=own).with_columns(
        listed=pl.col("form").replace_strict(dict(values.forms), default=None, return_dtype=pl.String),
        answers=pl.len().over("own"),
    )
    kept = pl.when(pl.col("answers") >= MINIMUM_ANSWERS_OF_OWN_QUESTION).then(pl.col("own")).otherwise(pl.lit(OTHER))
    return read.select(
        pl.when(pl.col("form").is_not_null()).then(pl.coalesce("listed", kept)).alias(column)
    ).to_series()
