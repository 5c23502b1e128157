"""What is noticed while one file is read and drops no row: findings, with a name, a place and cents, never a value."""

from __future__ import annotations

import polars as pl

from pipelines.validation.balance import ROW
from schemas.referral_requests import FINDINGS
from schemas.rules import Context

FOUND = {
    "delivery": pl.UInt32,
    "row_number": pl.Int32,
    "finding": pl.String,
    "municipality_code": pl.String,
    "reference": pl.String,
    "cents": pl.Int64,
}
"""One row per finding."""

_NO_CENTS = pl.lit(0, dtype=pl.Int64)


def referrer_findings(requests: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Accepted requests whose referrer's type, name and code do not fit together (CD066, CD067, CD068)."""
    found = [
        requests.filter(~rule.passes.fill_null(value=True)).select(
            *ROW,
            finding=pl.lit(rule.code.code),
            municipality_code="municipality_code",
            reference="request_reference",
            cents=_NO_CENTS,
        )
        for rule in FINDINGS
        if rule.holds_for(context)
    ]
    return pl.concat([pl.DataFrame(schema=FOUND), *found])


def category_findings(rows: pl.DataFrame, unrecognised: pl.DataFrame) -> pl.DataFrame:
    """Values outside a POH value list (``row_number``, ``input_column``): the column is named, the text never."""
    places = rows.select(*ROW, "municipality_code").join(unrecognised, on="row_number", how="inner")
    return places.select(
        *ROW,
        finding=pl.lit("unknown_category"),
        municipality_code="municipality_code",
        reference="input_column",
        cents=_NO_CENTS,
    )
