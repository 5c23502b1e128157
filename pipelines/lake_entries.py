"""What goes into the lake: a delivery's ledger row, and its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl


@dataclass(frozen=True)
class LedgerRow:
    """One row of the ledger: a file as unpacked and its name, what it was, and what came of it.

    ``refusal`` is the reason code, None when the file was taken; counts are of rows of the file and of signed cents.
    """

    file_sha256: str
    file_name: str
    container: str | None
    kind: str
    first_seen_at: datetime
    release: str | None = None
    message_code: str | None = None
    municipality_code: str | None = None
    sender_agb: str | None = None
    identification: str | None = None
    message_date: date | None = None
    content_digest: str | None = None
    refusal: str | None = None
    refusal_message: str | None = None
    rows_read: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0
    cents_read: int = 0
    cents_accepted: int = 0
    cents_quarantined: int = 0


@dataclass(frozen=True)
class Entry:
    """A delivery to add: its ledger row, and its rows when its bytes are new.

    Attributes:
        row: the ledger row.
        tables: per dataset the validated rows.
        quarantine: ``row_number``, ``field``, ``rule``, ``message``; None when there are none.
        findings: as ``ValidatedDelivery.findings``; None when there are none.
    """

    row: LedgerRow
    tables: Mapping[str, pl.DataFrame]
    quarantine: pl.DataFrame | None = None
    findings: pl.DataFrame | None = None
