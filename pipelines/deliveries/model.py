"""What reading a delivery gives: plain values that cross the border to validation.

Belongs here: the frozen types between "a file on disk" and "rows to validate". Does not belong here: any reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl


class Refused(Exception):  # noqa: N818 - an outcome with a reason, not a defect
    """A whole file cannot be taken.

    Attributes:
        reason: the code that ``ops.deliveries.reason`` shows, such as ``not_well_formed``.
        message: one sentence for a person: where, what was found in kind, what to do. Never a value of the file.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message


@dataclass(frozen=True)
class Part:
    """One file as unpacked: a message, a CSV, or a sheet's workbook.

    Attributes:
        file_name: path relative to the inbox; for a member of a container its own name inside it.
        container: path of the zip, gzip or envelope that it came in, relative to the inbox; None for a bare file.
        sha256: hex digest of the unpacked bytes.
        modified_at: modification time of the file in the inbox (UTC).
        source: the bytes, or a path where they can be read from disk without loading them.
    """

    file_name: str
    container: str | None
    sha256: str
    modified_at: datetime
    source: bytes | Path


@dataclass(frozen=True)
class RefusedPart:
    """A file, or a member of a container, that could not be unpacked; the rest of the container goes on.

    Attributes:
        file_name, container, modified_at: as in ``Part``.
        sha256: hex digest of the file's own bytes; for a member that could not be unpacked a digest of the container's
            bytes and the member's name, so that it is the same on every run.
        refusal: why.
    """

    file_name: str
    container: str | None
    sha256: str
    modified_at: datetime
    refusal: Refused


@dataclass(frozen=True)
class Limits:
    """How much of one file is read before it is refused; bytes unless said otherwise.

    Attributes:
        max_bytes: largest file, as unpacked (``too_large``).
        max_total_bytes: all members of one container together (``zip_bomb``).
        max_members: members of one container, nested ones included (``zip_bomb``).
        max_ratio: unpacked to packed bytes (``zip_bomb``); judged from ``ratio_floor_bytes`` unpacked bytes on.
        ratio_floor_bytes: below this size no ratio is suspicious.
        max_depth: containers inside containers (``nested_too_deep``).
        max_value_bytes: a single text, attribute or tag of an XML message (``too_large``).
        in_memory_bytes: a member larger than this is unpacked to disk.
        large_bytes: a message larger than this is read in batches of rows, never as a whole.
    """

    max_bytes: int = 4 * 2**30
    max_total_bytes: int = 16 * 2**30
    max_members: int = 20_000
    max_ratio: int = 200
    ratio_floor_bytes: int = 16 * 2**20
    max_depth: int = 2
    max_value_bytes: int = 2**20
    in_memory_bytes: int = 4 * 2**20
    large_bytes: int = 64 * 2**20


@dataclass(frozen=True)
class Header:
    """What identifies a delivery: read from the message, or derived from a flat export.

    Attributes:
        kind: ``JW301`` … ``JW325``, ``declaraties``, ``toewijzingen``, ``poh_registraties``, ``ervaringen``.
        release: ``3.2``; None for a flat export.
        message_code: BerichtCode, such as ``490``; None for a flat export.
        municipality_code: the municipality's side of the message; None where a flat export has it per row.
        provider_agb: the provider's side of the message; None where a flat export has it per row.
        sender: whose identification it is, municipality code or AGB code; None for a flat export. That is whoever sent
            the message, but in JW304 the provider: the answer carries the provider's own invoice number.
        identification: BerichtIdentificatie/Identificatie, in JW303/304 DeclarantFactuurNummer; None for a flat export.
        dated_on: Dagtekening (in JW303 FactuurDagtekening, in JW304 RetourDagtekening: the day of the answer); None for
            a flat export until it was validated.
        submitted_cents: signed total that a declaration or an answer states; None where there is none.
        is_needed: False for messages that we know and do not read (JW302, JW317, …).
    """

    kind: str
    release: str | None = None
    message_code: str | None = None
    municipality_code: str | None = None
    provider_agb: str | None = None
    sender: str | None = None
    identification: str | None = None
    dated_on: date | None = None
    submitted_cents: int | None = None
    is_needed: bool = True


@dataclass(frozen=True)
class RawDelivery:
    """A delivery as read: nothing cast, nothing dropped, nothing judged.

    Attributes:
        header: the delivery's identity.
        tables: per dataset of the lake a frame of text (all columns String, an absent element null) with
            ``row_number`` (Int32, 1-based). Columns carry our English names; dates, amounts and codes are the source's
            text in ISO form (``2019-03-31``, integer cents). Personal columns that validation consumes: ``bsn``,
            ``birth_date``, ``birth_date_use``, ``referrer_name``.
        row_count: rows of the file (``ops.deliveries.rows_read``), which one row may feed into several tables.
        sheet: name of the sheet in a workbook of several; None for every other file.
    """

    header: Header
    tables: Mapping[str, pl.DataFrame]
    row_count: int
    sheet: str | None = None


@dataclass(frozen=True)
class ValidatedDelivery:
    """What goes into the lake: no BSN, no name, no birth date, no free text.

    Attributes:
        tables: per dataset a typed frame with the columns of docs/architecture.md, ``file_sha256`` included.
        quarantine: ``row_number``, ``field``, ``rule``, ``message``: one row per row and rule that it breaks.
        rows_read, rows_accepted, rows_quarantined: rows of the file; read = accepted + quarantined.
        cents_read, cents_accepted, cents_quarantined: signed cents of declaration lines, 0 for other kinds.
        content_digest: keyed digest of everything read: equal for equal elements and values; of a flat export's bytes.
        findings: ``row_number``, ``finding``, ``municipality_code``, ``reference``, ``cents``: noticed while reading.
    """

    header: Header
    tables: Mapping[str, pl.DataFrame]
    quarantine: pl.DataFrame
    rows_read: int
    rows_accepted: int
    rows_quarantined: int
    cents_read: int
    cents_accepted: int
    cents_quarantined: int
    content_digest: str
    findings: pl.DataFrame
