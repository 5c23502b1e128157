"""Flat exports: a CSV or a workbook → raw deliveries (contract 3.2). The door of this room.

Belongs here: which reader a file gets, and one delivery per sheet. Does not belong here: how a value is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.deliveries.flat.csv_rows import csv_facts, csv_rows
from pipelines.deliveries.flat.csv_text import open_csv
from pipelines.deliveries.flat.datasets import Dataset
from pipelines.deliveries.flat.facts import Facts, facts_of
from pipelines.deliveries.flat.tables import tables_of
from pipelines.deliveries.flat.workbook import OLE_MAGIC, ZIP_MAGIC, Workbook, open_workbook
from pipelines.deliveries.model import Header, Limits, Part, RawDelivery, Refused, RefusedPart

BATCH_ROWS = 250_000
_CLOCK = ZoneInfo("Europe/Amsterdam")

__all__ = ["BATCH_ROWS", "is_large", "read_flat", "read_flat_batches", "sheet_part"]


def read_flat(part: Part, scratch: Path | None = None) -> list[RawDelivery | RefusedPart]:
    """Read a flat export.

    Args:
        part: a CSV or an XLSX file; recognised by its content.
        scratch: a private folder for a large CSV that must be re-encoded.

    Returns:
        One delivery for a CSV; for a workbook one delivery, or one refusal, per sheet.

    Raises:
        Refused: the file as a whole, or its only sheet, cannot be taken.
    """
    magic = _magic(part.source)
    if magic.startswith(ZIP_MAGIC):
        return _read_workbook(part)
    if magic.startswith(OLE_MAGIC):
        raise Refused("unknown_kind", "It is an old Excel workbook (.xls) or one with a password. Save it as .xlsx.")
    with open_csv(part.source, scratch) as text:
        dataset = text.heading.recognised.dataset
        rows = csv_rows(text)
        held = _collected(rows)
        return [_delivery(part, dataset, held, csv_facts(text, held.lazy()))]


def read_flat_batches(part: Part, scratch: Path | None = None, batch_rows: int | None = None) -> Iterator[RawDelivery]:
    """Read a large CSV in batches of rows, in order; memory is bounded, whatever the file's size.

    Args:
        part: a CSV.
        scratch: as in ``read_flat``.
        batch_rows: rows per batch; None for ``BATCH_ROWS``.

    Every batch has the same header, row numbers run on, and ``row_count`` is the batch's own. There is always a batch.

    Raises:
        Refused: from the iterator, before its first batch, when the file cannot be taken.
    """
    with open_csv(part.source, scratch) as text:
        dataset = text.heading.recognised.dataset
        rows = csv_rows(text)
        facts = csv_facts(text, rows)
        # Split into columns twice: held, the rows of 5 million lines would take 1 GB to save a tenth of the time.
        batches = rows.collect_batches(chunk_size=batch_rows or BATCH_ROWS, engine="streaming")
        if facts.line_count == 0:
            yield _delivery(part, dataset, rows.collect(), facts)
        for batch in batches:
            yield _delivery(part, dataset, batch, facts)


def is_large(part: Part, limits: Limits | None = None) -> bool:
    """Whether a part is a CSV that ``read_flat_batches`` should read."""
    if isinstance(part.source, bytes) or part.source.stat().st_size <= (limits or Limits()).large_bytes:
        return False
    return not _magic(part.source).startswith((ZIP_MAGIC, OLE_MAGIC))


def sheet_part(part: Part, sheet: str) -> Part:
    """The identity of one sheet in a workbook of several: a file name and a digest of its own."""
    digest = hashlib.sha256(f"{part.sha256}#{sheet}".encode()).hexdigest()
    return replace(part, file_name=f"{part.file_name}#{sheet}", sha256=digest)


def _magic(source: bytes | Path) -> bytes:
    if isinstance(source, bytes):
        return source[: len(OLE_MAGIC)]
    with source.open("rb") as file:
        return file.read(len(OLE_MAGIC))


def _collected(rows: pl.LazyFrame) -> pl.DataFrame:
    try:
        return rows.collect()
    except pl.exceptions.PolarsError:
        raise Refused("not_well_formed", "The file cannot be split into columns. Export it again.") from None


def _read_workbook(part: Part) -> list[RawDelivery | RefusedPart]:
    with open_workbook(part.source) as workbook:
        if len(workbook.parts) == 1:
            return [_read_sheet(part, workbook, next(iter(workbook.parts)))]
        read: list[RawDelivery | RefusedPart] = []
        for name in workbook.parts:
            try:
                read.append(replace(_read_sheet(part, workbook, name), sheet=name))
            except Refused as refusal:
                sheet = sheet_part(part, name)
                read.append(RefusedPart(sheet.file_name, part.container, sheet.sha256, part.modified_at, refusal))
        return read


def _read_sheet(part: Part, workbook: Workbook, name: str) -> RawDelivery:
    sheet = workbook.sheet(name)
    dataset = sheet.recognised.dataset
    return _delivery(part, dataset, sheet.rows, facts_of(sheet.rows.lazy(), dataset))


def _delivery(part: Part, dataset: Dataset, rows: pl.DataFrame, facts: Facts) -> RawDelivery:
    tables = tables_of(rows, dataset, facts)
    header = Header(kind=dataset.name, dated_on=facts.dated_on or part.modified_at.astimezone(_CLOCK).date())
    # Each dataset has one frame with a row per row of the export: its first.
    return RawDelivery(header, tables, row_count=next(iter(tables.values())).height)
