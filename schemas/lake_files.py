"""The columns of what the lake keeps beside its datasets; one file each."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

Columns = Mapping[str, pl.DataType | type[pl.DataType]]

LEDGER: Columns = {
    "file_sha256": pl.String,
    "file_name": pl.String,
    "container": pl.String,
    "kind": pl.String,
    "release": pl.String,
    "message_code": pl.String,
    "municipality_code": pl.String,
    "sender_agb": pl.String,
    "identification": pl.String,
    "message_date": pl.Date,
    "content_digest": pl.String,
    "refusal": pl.String,
    "refusal_message": pl.String,
    "rows_read": pl.Int64,
    "rows_accepted": pl.Int64,
    "rows_quarantined": pl.Int64,
    "cents_read": pl.Int64,
    "cents_accepted": pl.Int64,
    "cents_quarantined": pl.Int64,
    "first_seen_at": pl.Datetime("us", "UTC"),
}
"""One row per file as unpacked and name; key: ``file_sha256``, ``file_name``."""

QUARANTINE_ROWS: Columns = {
    "file_sha256": pl.String,
    "row_number": pl.Int32,
    "field": pl.String,
    "rule": pl.String,
    "kind": pl.String,
    "message": pl.String,
}
"""One row per row and rule that it breaks."""

FINDINGS: Columns = {
    "file_sha256": pl.String,
    "row_number": pl.Int32,
    "finding": pl.String,
    "municipality_code": pl.String,
    "reference": pl.String,
    "cents": pl.Int64,
}
"""One row per thing noticed while a file was read."""

REFERRER_SUGGESTIONS: Columns = {"referrer_hash": pl.String, "practice_id": pl.String, "score": pl.Float64}
"""One row per unresolved referrer and candidate practice."""

REMOVED: Columns = {
    "file_sha256": pl.String,
    "reason": pl.String,
    "rows_removed": pl.Int64,
    "cents_removed": pl.Int64,
}
"""One row per file and reason (``erased``, ``expired``): how many of its accepted rows are no longer in the lake."""

ERASED: Columns = {"client_key": pl.String, "erased_on": pl.Date}
"""One row per person who was erased and stays out."""

INBOX_INDEX: Columns = {
    "file_name": pl.String,
    "size": pl.Int64,
    "modified_ns": pl.Int64,
    "changed_ns": pl.Int64,
    "reader_version": pl.Int32,
    "file_key": pl.String,
}
"""One row per file of the inbox whose deliveries are all in the ledger: an unchanged file is not opened again.
``file_name`` is the name without persons, ``file_key`` a keyed digest of the whole name."""
