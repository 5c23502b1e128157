"""Deliveries as reading would give them, built by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import polars as pl

from pipelines.deliveries.model import Header, Part, RawDelivery

from .schemas.rows import VALID_ROWS, Row

SHA = "ab" * 32


def part(name: str = "a.xml", sha256: str = SHA) -> Part:
    """A file as unpacked, changed on 3 February 2022."""
    return Part(name, None, sha256, datetime(2022, 2, 3, 12, tzinfo=UTC), b"")


def frame(rows: Sequence[Row]) -> pl.DataFrame:
    """Rows of text with their row numbers; columns are those that any row has."""
    names = list(dict.fromkeys(name for row in rows for name in row if name != "row_number"))
    columns = {name: [row.get(name) for row in rows] for name in names}
    numbers = [int(row.get("row_number") or place) for place, row in enumerate(rows, start=1)]
    return pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String)).with_columns(
        row_number=pl.Series(numbers, dtype=pl.Int32)
    )


def header(kind: str, release: str | None, submitted_cents: int | None = None, identification: str = "M1") -> Header:
    """A header of the municipality and provider of the valid rows."""
    is_message = release is not None
    return Header(
        kind=kind,
        release=release,
        message_code="490" if is_message else None,
        municipality_code="0988" if is_message else None,
        provider_agb="94999001" if is_message else None,
        sender="94999001" if is_message else None,
        identification=identification if is_message else None,
        dated_on=date(2022, 2, 5) if is_message else None,
        submitted_cents=submitted_cents,
    )


def delivery(
    table: str, kind: str, release: str | None, rows: Sequence[Row], submitted_cents: int | None = None
) -> RawDelivery:
    """A delivery of one table."""
    return RawDelivery(header(kind, release, submitted_cents), {table: frame(rows)}, len(rows))


def line(**changes: str | None) -> Row:
    """A valid line of a JW323 of 49,500 cents, changed."""
    return {**VALID_ROWS[("declaration_lines", "JW323", "3.2")], **changes}


def declaration(*rows: Row, submitted_cents: int) -> RawDelivery:
    """A JW323."""
    return delivery("declaration_lines", "JW323", "3.2", rows, submitted_cents)
