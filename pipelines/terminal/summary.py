"""What the warehouse and the ledger say about the deliveries: the figures of the last screen and of ``status``.

Belongs here: reading ``ops``. Does not belong here: showing it (``terminal.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import polars as pl

from pipelines.errors import RunFailedError
from pipelines.home import Home
from pipelines.privacy.names import find_in_inbox
from pipelines.pseudonyms import Pseudonyms

# What a person can do about a refusal that only the comparison of files brings to light.
_BETWEEN_FILES = {
    "identification_conflict": (
        "Another file with the same sender, message code and identification came first and says something else; "
        "ask the sender which of the two holds, and 'jeugdspiegel forget' the wrong one."
    ),
}


class WarehouseUnreadableError(RunFailedError):
    """The warehouse cannot be read: one sentence that names the file (exit code 1)."""


@dataclass(frozen=True)
class DeliveryTotals:
    """Everything delivered so far.

    Attributes:
        files, refused_files, duplicate_files: files as unpacked, and how many of them were refused or came twice.
        rows_accepted, rows_quarantined, rows_duplicate: rows of all files; a refused file's rows are quarantined.
    """

    files: int
    refused_files: int
    duplicate_files: int
    rows_accepted: int
    rows_quarantined: int
    rows_duplicate: int


@dataclass(frozen=True)
class SourceStatus:
    """One kind of delivery.

    Attributes:
        kind: ``JW323``, ``declaraties``, …
        last_dated_on: date of its newest delivery; None where no file has a date.
    """

    kind: str
    files: int
    last_dated_on: date | None
    rows_accepted: int
    rows_quarantined: int
    rows_duplicate: int
    refused_files: int


@dataclass(frozen=True)
class RefusedFile:
    """A file that was not taken, and why, in one sentence without values."""

    file_name: str
    container: str | None
    reason: str
    message: str


def delivery_totals(home: Home) -> DeliveryTotals:
    """Totals of ``ops.deliveries``.

    Raises:
        WarehouseUnreadableError: the warehouse is open for writing elsewhere, or is no DuckDB file.
    """
    with _warehouse(home) as connection:
        row = connection.execute(
            """
            select
                count(*),
                count(*) filter (where outcome = 'refused'),
                count(*) filter (where outcome = 'duplicate'),
                coalesce(sum(rows_accepted), 0)::bigint,
                coalesce(sum(rows_quarantined), 0)::bigint,
                coalesce(sum(rows_duplicate), 0)::bigint
            from ops.deliveries
            """
        ).fetchone()
    return DeliveryTotals(*row) if row else DeliveryTotals(0, 0, 0, 0, 0, 0)


def source_statuses(home: Home) -> list[SourceStatus]:
    """One status per kind of delivery, by name.

    Raises:
        WarehouseUnreadableError: as :func:`delivery_totals`.
    """
    with _warehouse(home) as connection:
        rows = connection.execute(
            """
            select
                kind,
                count(*),
                max(message_date),
                sum(rows_accepted)::bigint,
                sum(rows_quarantined)::bigint,
                sum(rows_duplicate)::bigint,
                count(*) filter (where outcome = 'refused')
            from ops.deliveries
            group by kind
            order by kind
            """
        ).fetchall()
    return [SourceStatus(*row) for row in rows]


def refused_files(home: Home) -> list[RefusedFile]:
    """Every refused file with its reason, by name.

    Raises:
        WarehouseUnreadableError: as :func:`delivery_totals`.
    """
    with _warehouse(home) as connection:
        rows = connection.execute(
            """
            select file_sha256, file_name, container, reason from ops.deliveries
            where outcome = 'refused'
            order by file_name, file_sha256
            """
        ).fetchall()
    messages = _ledger_messages(home)
    return [
        RefusedFile(name, container, reason, messages.get((sha, name)) or _BETWEEN_FILES.get(reason, ""))
        for sha, name, container, reason in rows
    ]


def under_true_names(home: Home, files: Sequence[RefusedFile], pseudonyms: Pseudonyms) -> list[RefusedFile]:
    """The same files under the names that they have in the inbox: for a terminal, and nothing that is kept."""

    def true(name: str | None) -> str | None:
        path = find_in_inbox(home.inbox, name, pseudonyms) if name else None
        return path.relative_to(home.inbox).as_posix() if path else name

    return [replace(file, file_name=true(file.file_name) or "", container=true(file.container)) for file in files]


def _ledger_messages(home: Home) -> dict[tuple[str, str], str]:
    ledger = pl.read_parquet(home.lake / "ledger.parquet", columns=["file_sha256", "file_name", "refusal_message"])
    return {(sha, name): message for sha, name, message in ledger.iter_rows() if message}


@contextmanager
def _warehouse(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        with duckdb.connect(str(home.warehouse), read_only=True) as connection:
            yield connection
    except duckdb.Error as error:
        raise WarehouseUnreadableError(
            f"{home.warehouse} cannot be read ({type(error).__name__}): close the program that writes to it, "
            "or run 'jeugdspiegel run' again."
        ) from None
