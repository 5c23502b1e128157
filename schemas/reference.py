"""The deployment's own tables (``home/reference/*.csv``): columns as in the contract, Dutch as their owners write them.

``tot`` and ``geldig_tot`` are exclusive; empty means still valid. An empty ``van`` or ``geldig_vanaf`` means always.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from schemas import fields as f
from schemas.dataset import Dataset
from schemas.rules import Rule, RuleCode

EUROS = pl.Decimal(18, 2)
ALWAYS = date(1900, 1, 1)

_Columns = Mapping[str, pl.DataType | type[pl.DataType]]


@dataclass(frozen=True)
class ReferenceTable:
    """One reference table.

    Attributes:
        dataset: its columns and rules; ``lake`` are the columns as written.
        key: columns that two rows may not share.
        refers_to: column → (table, column) whose values it must be among.
        is_required: the table must be there.
    """

    dataset: Dataset
    key: tuple[str, ...]
    refers_to: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    is_required: bool = False

    @property
    def name(self) -> str:
        """Name of the table and, with ``.csv``, of its file."""
        return self.dataset.name


def _table(
    name: str,
    columns: _Columns,
    rules: tuple[Rule, ...],
    key: tuple[str, ...],
    refers_to: Mapping[str, tuple[str, str]] | None = None,
    *,
    is_required: bool = False,
) -> ReferenceTable:
    casts = tuple(rule for column, dtype in columns.items() for rule in _cast_rules(column, dtype))
    return ReferenceTable(Dataset(name, columns, casts + rules, columns), key, refers_to or {}, is_required)


def _cast_rules(column: str, dtype: pl.DataType | type[pl.DataType]) -> tuple[Rule, ...]:
    if dtype == pl.Date:
        return f.date_field(column)
    if dtype == EUROS:
        code = RuleCode("not_an_amount", column, "The value is not an amount such as 1234.56, or can be read two ways.")
        return (f.rule(code, pl.col(column).is_not_null() | pl.col(column + f.TEXT_SUFFIX).is_null()),)
    return () if dtype == pl.String else f.number_field(column, "contract 4")


def _ends_after(first: str, until: str) -> tuple[Rule, ...]:
    code = RuleCode("date_order", until, "The end, which is exclusive, is not after the beginning.")
    return (f.rule(code, pl.col(until) > pl.col(first)),)


def _matches(column: str, pattern: str, code: str, message: str) -> tuple[Rule, ...]:
    return (f.rule(RuleCode(code, column, message), pl.col(column).str.contains(pattern)),)


def _not_negative(column: str) -> tuple[Rule, ...]:
    return (f.rule(RuleCode("negative", column, "The value is negative."), pl.col(column) >= 0),)


_MUNICIPALITY_OR_ALL = _matches(
    "gemeentecode", r"\A([0-9]{4}|\*)\z", "not_a_municipality", "The value is neither four digits nor *."
)

PRAKTIJKEN = _table(
    "praktijken",
    {
        "praktijk_id": pl.String,
        "naam": pl.String,
        "agb_code": pl.String,
        "gemeentecode": pl.String,
        "ingeschreven_jeugdigen": pl.Int64,
    },
    (
        *f.not_blank("praktijk_id"),
        f.rule(
            RuleCode("reserved", "praktijk_id", "The value has a meaning of its own in the figures."),
            ~pl.col("praktijk_id").is_in(["all", "unattributed"]),
        ),
        *f.not_blank("naam"),
        *f.agb_code("agb_code"),
        *f.required("gemeentecode"),
        *f.municipality_code("gemeentecode"),
        *_not_negative("ingeschreven_jeugdigen"),
    ),
    ("praktijk_id",),
    is_required=True,
)

ZORGPROFIELEN = _table(
    "zorgprofielen",
    {
        "gemeentecode": pl.String,
        "productcode": pl.String,
        "zorgprofiel": pl.String,
        "domein": pl.String,
        "ggz_segment": pl.String,
        "geldig_vanaf": pl.Date,
        "geldig_tot": pl.Date,
    },
    (
        *f.required("gemeentecode"),
        *_MUNICIPALITY_OR_ALL,
        *f.not_blank("productcode"),
        *_matches("productcode", r"\A[^*]*\*?\z", "misplaced_star", "A * is only allowed at the end."),
        *f.not_blank("zorgprofiel"),
        *f.required("domein"),
        *f.one_of("domein", ("ggz", "overig"), None),
        *f.one_of("ggz_segment", ("BGGZ", "SGGZ"), None),
        *_ends_after("geldig_vanaf", "geldig_tot"),
    ),
    ("gemeentecode", "productcode", "geldig_vanaf"),
    is_required=True,
)

ZORGVERLENERS = _table(
    "zorgverleners",
    {"zorgverlener_agb": pl.String, "praktijk_id": pl.String, "van": pl.Date, "tot": pl.Date},
    (
        *f.required("zorgverlener_agb"),
        *f.agb_code("zorgverlener_agb"),
        *f.not_blank("praktijk_id"),
        *_ends_after("van", "tot"),
    ),
    ("zorgverlener_agb", "praktijk_id", "van"),
    {"praktijk_id": ("praktijken", "praktijk_id")},
)

VERWIJZER_ALIASSEN = _table(
    "verwijzer_aliassen",
    {"naam": pl.String, "praktijk_id": pl.String},
    (*f.not_blank("naam"), *f.not_blank("praktijk_id")),
    ("naam", "praktijk_id"),
    {"praktijk_id": ("praktijken", "praktijk_id")},
)

DEELNAME = _table(
    "deelname",
    {"praktijk_id": pl.String, "programma": pl.String, "van": pl.Date, "tot": pl.Date},
    (*f.not_blank("praktijk_id"), *f.not_blank("programma"), *_ends_after("van", "tot")),
    ("praktijk_id", "programma", "van"),
    {"praktijk_id": ("praktijken", "praktijk_id")},
)

GEMEENTEN = _table(
    "gemeenten",
    {
        "gemeentecode": pl.String,
        "naam": pl.String,
        "regio": pl.String,
        "opvolger_gemeentecode": pl.String,
        "gegevens_vanaf": pl.Date,
        "omzetting_op": pl.Date,
    },
    (
        *f.required("gemeentecode"),
        *f.municipality_code("gemeentecode"),
        *f.municipality_code("opvolger_gemeentecode"),
        f.rule(
            RuleCode("own_successor", "opvolger_gemeentecode", "The municipality is its own successor."),
            pl.col("opvolger_gemeentecode") != pl.col("gemeentecode"),
        ),
    ),
    ("gemeentecode",),
)

RAPPORTAGEPERIODEN = _table(
    "rapportageperioden",
    {"periode_id": pl.String, "label": pl.String, "van": pl.Date, "tot": pl.Date},
    (
        *f.not_blank("periode_id"),
        *f.required("van", is_cast=True),
        *f.required("tot", is_cast=True),
        *_ends_after("van", "tot"),
    ),
    ("periode_id",),
)

PROGRAMMAKOSTEN = _table(
    "programmakosten",
    {
        "programma": pl.String,
        "gemeentecode": pl.String,
        "soort": pl.String,
        "van": pl.Date,
        "tot": pl.Date,
        "bedrag": EUROS,
    },
    (
        *f.not_blank("programma"),
        *f.required("gemeentecode"),
        *f.municipality_code("gemeentecode"),
        *f.not_blank("soort"),
        # A cost is spread over its days, so that both ends must be known.
        *f.required("van", is_cast=True),
        *f.required("tot", is_cast=True),
        *_ends_after("van", "tot"),
        *f.required("bedrag", is_cast=True),
    ),
    ("programma", "gemeentecode", "soort", "van"),
)

TRAJECTPRIJZEN = _table(
    "trajectprijzen",
    {
        "programma": pl.String,
        "periode_id": pl.String,
        "scenario": pl.String,
        "bedrag_per_traject": EUROS,
        "aandeel_bggz": pl.Float64,
    },
    (
        *f.not_blank("programma"),
        *f.not_blank("periode_id"),
        *f.not_blank("scenario"),
        *f.required("bedrag_per_traject", is_cast=True),
        *_not_negative("bedrag_per_traject"),
        f.rule(
            RuleCode("not_a_share", "aandeel_bggz", "The value is not between 0 and 1."),
            pl.col("aandeel_bggz").is_between(0, 1),
        ),
    ),
    ("programma", "periode_id", "scenario"),
)

DOELEN = _table(
    "doelen",
    {"gemeentecode": pl.String, "programma": pl.String, "doel": pl.String, "bedrag_per_jaar": EUROS},
    (
        *f.required("gemeentecode"),
        *f.municipality_code("gemeentecode"),
        *f.not_blank("programma"),
        *f.not_blank("doel"),
        *f.required("bedrag_per_jaar", is_cast=True),
    ),
    ("gemeentecode", "programma", "doel"),
)

PUBLICATIES = _table(
    "publicaties",
    {"naam": pl.String, "peildatum": pl.Date},
    (*f.not_blank("naam"), *f.required("peildatum", is_cast=True)),
    ("naam",),
)

TABLES: tuple[ReferenceTable, ...] = (
    PRAKTIJKEN,
    ZORGPROFIELEN,
    ZORGVERLENERS,
    VERWIJZER_ALIASSEN,
    DEELNAME,
    GEMEENTEN,
    RAPPORTAGEPERIODEN,
    PROGRAMMAKOSTEN,
    TRAJECTPRIJZEN,
    DOELEN,
    PUBLICATIES,
)

REFERRER_NAMES: _Columns = {"referrer_hash": pl.String, "practice_id": pl.String}
"""Keyed hash of a normalised name, and the practice that it names."""
