"""A survey answer: one score on one question (flat export ``ervaringen``, poh.md section 8).

Audience and question are value lists (``poh_values.py``), so no value of theirs is quarantined; a score outside its
own scale is.
"""

from __future__ import annotations

import polars as pl

from schemas import fields as f
from schemas.dataset import KEY_COLUMNS, Dataset
from schemas.rules import RuleCode

MAX_SCALE = 1_000

_POSITIVE_SCALE = f.rule(
    RuleCode("out_of_range", "scale_max", f"The scale does not end between 1 and {MAX_SCALE}.", "poh.md 8"),
    pl.col("scale_max").is_between(1, MAX_SCALE),
)
_SCORE_ON_SCALE = f.rule(
    RuleCode("out_of_range", "score", "The score is below 0 or above the end of its scale.", "poh.md 8"),
    (pl.col("score") >= 0) & (pl.col("score") <= pl.col("scale_max")),
)

RULES = (
    *f.not_blank("survey_id"),
    *f.not_blank("audience"),
    *f.required("municipality_code"),
    *f.municipality_code("municipality_code"),
    *f.required("answered_on", is_cast=True),
    *f.date_field("answered_on"),
    *f.not_blank("question"),
    *f.required("score", is_cast=True),
    *f.number_field("score", "poh.md 8"),
    *f.required("scale_max", is_cast=True),
    *f.number_field("scale_max", "poh.md 8"),
    _POSITIVE_SCALE,
    _SCORE_ON_SCALE,
)

SURVEY_ANSWERS = Dataset(
    name="survey_answers",
    delivered={
        "survey_id": pl.String,
        "audience": pl.String,
        "municipality_code": pl.String,
        "practice": pl.String,
        "answered_on": pl.Date,
        "question": pl.String,
        "score": pl.Float64,
        "scale_max": pl.Float64,
        "respondent_id": pl.String,
    },
    rules=RULES,
    lake={
        **{name: dtype for name, dtype in KEY_COLUMNS.items() if name != "provider_agb"},
        "survey_id": pl.String,
        "audience": pl.String,
        "question": pl.String,
        "answered_on": pl.Date,
        "score": pl.Float64,
        "scale_max": pl.Float64,
        "practice_text_hash": pl.String,
        "practice_key": pl.String,
        "respondent_key": pl.String,
        "row_digest": pl.String,
    },
)
