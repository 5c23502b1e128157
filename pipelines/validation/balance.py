"""What must add up within one file: its cents, its header's total, and one row per reference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl

from pipelines.validation.finishing import signed_cents
from schemas.dataset import Dataset

ROW = ["delivery", "row_number"]

SUMS = {
    "delivery": pl.UInt32,
    "cents": pl.Int64,
    "cents_broken": pl.Int64,
    "unreadable": pl.Int64,
    "withheld": pl.Int64,
    "listed": pl.Int64,
}
"""Per delivery: signed cents of all lines and of the broken ones; lines whose signed amount is not known; of the lines
that an answer lists, the cents submitted less granted, and their number."""

REFERENCES = {"delivery": pl.UInt32, "row_number": pl.Int32, "provider_agb": pl.String, "line_reference": pl.String}


def sums_of(frames: Mapping[str, pl.DataFrame], rows_broken: pl.DataFrame) -> pl.DataFrame:
    """The sums (``SUMS``) of typed frames, of which some rows are broken (``delivery``, ``row_number``)."""
    parts = [pl.DataFrame(schema=SUMS)]
    lines = frames.get("declaration_lines")
    if lines is not None:
        amounts = lines.select(*ROW, *_amount("", "amount", "debit_credit"))
        parts.append(amounts.group_by("delivery").agg(pl.col("cents").sum(), pl.col("unreadable").sum()))
        if not rows_broken.is_empty():
            broken = amounts.join(rows_broken, on=ROW, how="semi")
            parts.append(broken.group_by("delivery").agg(cents_broken=pl.col("cents").sum()))
    listed = frames.get("decision_lines")
    if listed is not None:
        amounts = listed.select(
            *ROW,
            *_amount("submitted_", "submitted_amount", "submitted_debit_credit"),
            *_amount("granted_", "granted_amount", "granted_debit_credit"),
        )
        parts.append(
            amounts.group_by("delivery").agg(
                unreadable=(pl.col("submitted_unreadable") + pl.col("granted_unreadable")).sum(),
                withheld=(pl.col("submitted_cents") - pl.col("granted_cents")).sum(),
                listed=pl.len().cast(pl.Int64),
            )
        )
    return add_sums(parts)


def add_sums(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Sums of the same deliveries, taken together."""
    whole = pl.concat([pl.DataFrame(schema=SUMS), *parts], how="diagonal_relaxed")
    return whole.group_by("delivery").agg(pl.col(name).sum() for name in SUMS if name != "delivery")


def references_of(frames: Mapping[str, pl.DataFrame], datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """Row, provider and reference (``REFERENCES``) of every row that has a reference, broken or not."""
    found = [
        frame.select(*REFERENCES).filter(pl.col("line_reference").is_not_null())
        for name, frame in frames.items()
        if datasets[name].has_references
    ]
    return pl.concat([pl.DataFrame(schema=REFERENCES), *found])


def repeated_rows(references: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Rows whose (provider, reference) an earlier row of the same file has; TR314: references are a provider's own.

    A flat row that is identical to the first in every column is not among them: it is a duplicate, and both stay.
    """
    # Hashes are told apart ten times as fast as texts; when two are equal, the texts themselves are compared.
    hashes = np.sort(references["line_reference"].hash().to_numpy())
    if not (hashes[1:] == hashes[:-1]).any():
        return references.select(ROW).clear()
    key = ["delivery", "provider_agb", "line_reference"]
    is_first = pl.struct(key).is_first_distinct()
    marked = references.with_columns(is_first=is_first)
    repeated = marked.filter(~pl.col("is_first")).drop("is_first")
    first = marked.filter("is_first").select(*key, first_row="row_number")
    pairs = repeated.join(first, on=key, how="left", nulls_equal=True, maintain_order="left")
    lines = tables.get("declaration_lines")
    if lines is None or lines["row_digest"].null_count() == lines.height:
        return pairs.select(ROW)
    digests = lines.select(*ROW, "row_digest")
    compared = pairs.join(digests, on=ROW, how="left", maintain_order="left").join(
        digests.select("delivery", first_row="row_number", first_digest="row_digest"),
        on=["delivery", "first_row"],
        how="left",
        maintain_order="left",
    )
    is_identical = (pl.col("row_digest") == pl.col("first_digest")).fill_null(value=False)
    return compared.filter(~is_identical).select(ROW)


def _amount(prefix: str, amount: str, debit_credit: str) -> list[pl.Expr]:
    is_known = pl.col(amount).is_not_null() & pl.col(debit_credit).is_in(["C", "D"])
    cents = signed_cents(amount, debit_credit).fill_null(0)
    return [
        cents.alias(f"{prefix}cents"),
        (~is_known).fill_null(value=True).cast(pl.Int64).alias(f"{prefix}unreadable"),
    ]
