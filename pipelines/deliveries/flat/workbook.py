"""A workbook (XLSX): its worksheets, and the rows of each under the dataset's own names.

Belongs here: finding the header, and what makes a sheet unreadable. Does not belong here: what a value means.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from xml.etree import ElementTree

import fastexcel
import polars as pl

from pipelines.deliveries.flat.datasets import Recognised, recognise, refusal_of
from pipelines.deliveries.flat.facts import ROW_NUMBER, TYPED
from pipelines.deliveries.flat.sheet_cells import SheetCells, read_cells
from pipelines.deliveries.model import Limits, Refused

ZIP_MAGIC = b"PK\x03\x04"
# The older .xls, and every workbook with a password.
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_HEAD_ROWS = 50
_MAX_SHEETS = 100
# calamine holds a whole sheet in memory, so a workbook has a bound of its own.
_MAX_UNPACKED_BYTES = 2**30
_MAX_INDEX_BYTES = 2**24
_CHUNK_BYTES = 2**20
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_DAMAGED = "The workbook is damaged. Save it again as .xlsx."
# What zipfile raises on bytes that are no sound zip.
_READ_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    LookupError,
    ValueError,
    OverflowError,
    RuntimeError,
)


@dataclass(frozen=True)
class SheetRows:
    """A worksheet that holds a dataset: its rows as ``facts_of`` and ``tables_of`` take them."""

    recognised: Recognised
    rows: pl.DataFrame


@dataclass(frozen=True)
class Workbook:
    """An open workbook.

    Attributes:
        parts: name of each worksheet, in order, to its part in the zip.
    """

    parts: Mapping[str, str]
    _archive: zipfile.ZipFile
    _reader: fastexcel.ExcelReader

    def sheet(self, name: str) -> SheetRows:
        """The rows of one worksheet.

        Raises:
            Refused: ``empty_sheet``, ``unknown_kind``, ``too_many_columns``, ``two_readings``, ``merged_header``,
                ``formula_without_value``, ``error_value``, ``not_well_formed``.
        """
        head = self._text(name, n_rows=_HEAD_ROWS)
        if head.width == 0:
            raise Refused("empty_sheet", "The sheet is empty. Fill it or remove it.")
        place, recognised = self._find_header(name, head)
        cells = self._cells(name, tuple(recognised.positions.values()))
        if any(first <= place <= last for first, last in cells.merged_rows):
            raise _merged_header(place)
        _check_results(cells, recognised, place)
        return SheetRows(recognised, _rows(self._text(name), recognised, place, cells))

    def _text(self, name: str, n_rows: int | None = None) -> pl.DataFrame:
        """All cells as text from the sheet's first row on; a column is named by its place (0-based) in the sheet."""
        with _sound():
            # skip_rows=0 keeps empty rows at the start, so that places are those of the sheet.
            sheet = self._reader.load_sheet(name, header_row=None, skip_rows=0, n_rows=n_rows, dtypes="string")
            if sheet.width == 0:
                return pl.DataFrame()
            text = sheet.to_polars()
            places = [str(column.absolute_index) for column in sheet.available_columns()]
            return text.rename(dict(zip(text.columns, places, strict=True)))

    def _cells(self, name: str, columns: tuple[int, ...]) -> SheetCells:
        with self._archive.open(self.parts[name]) as part:
            return read_cells(part, columns)

    def _find_header(self, name: str, head: pl.DataFrame) -> tuple[int, Recognised]:
        """Row (0-based) of the first row that satisfies a dataset, and what it is."""
        first, last = int(head.columns[0]), int(head.columns[-1])
        candidates: list[list[str | None]] = []
        by_place = head.rename({column: f"place {column}" for column in head.columns})
        for place, row in enumerate(by_place.iter_rows(named=True)):
            cells = [row.get(f"place {column}") for column in range(last + 1)]
            recognised = recognise(cells[:first] + cells[first:])
            if recognised is not None:
                return place, recognised
            candidates.append(cells)
        refusal = refusal_of(candidates)
        merged = self._cells(name, ()).merged_rows
        nearest = [place for place, cells in enumerate(candidates) if refusal_of([cells]).message == refusal.message]
        for place in nearest:
            if refusal.message != refusal_of([]).message and any(top <= place <= bottom for top, bottom in merged):
                raise _merged_header(place)
        raise refusal


def _merged_header(place: int) -> Refused:
    return Refused(
        "merged_header", f"The header in row {place + 1} has merged cells. Unmerge them: one name per column."
    )


def _check_results(cells: SheetCells, recognised: Recognised, header: int) -> None:
    names = {place: name for name, place in recognised.positions.items()}
    for found, reason, what, remedy in (
        (cells.no_result, "formula_without_value", "a formula without its result", "Open and save it in Excel"),
        (cells.errors, "error_value", "an error value", "Mend the formula"),
    ):
        below = found.filter(pl.col("row") >= header).sort("row", "column")
        if below.height:
            row, column = below.row(0)
            raise Refused(reason, f"Row {row + 1} of the sheet has {what} in column {names[column]}. {remedy}.")


def _rows(text: pl.DataFrame, recognised: Recognised, header: int, cells: SheetCells) -> pl.DataFrame:
    body = text.slice(header + 1)
    stripped = {name: pl.col(str(place)).str.strip_chars() for name, place in recognised.positions.items()}
    rows = body.select(pl.when(value != "").then(value).alias(name) for name, value in stripped.items())
    dataset = recognised.dataset
    typed = [
        _is_typed(cells.numbers, recognised.positions[name], header, rows.height).alias(TYPED + name)
        for name in (*dataset.amounts, *dataset.numbers)
        if name in recognised.positions
    ]
    return rows.with_columns(typed).with_row_index(ROW_NUMBER, offset=1)


def _is_typed(numbers: pl.DataFrame, column: int, header: int, height: int) -> pl.Series:
    places = numbers.filter((pl.col("column") == column) & (pl.col("row") > header))["row"] - (header + 1)
    typed = pl.repeat(False, height, dtype=pl.Boolean, eager=True)
    return typed.scatter(places.filter(places < height), True)


@contextmanager
def open_workbook(source: bytes | Path) -> Iterator[Workbook]:
    """Open a workbook, after looking whether its parts are what they say they are.

    Raises:
        Refused: ``not_well_formed``, ``zip_bomb``, ``too_large``, ``entity_declarations``, ``unknown_kind`` (no
            worksheets, or a binary workbook).
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    with file:
        with _sound():
            archive = zipfile.ZipFile(file)
        with archive:
            _check_sizes(archive)
            parts = _worksheets(archive)
            with _sound():
                _check_parts(archive)
                reader = fastexcel.read_excel(source if isinstance(source, bytes) else str(source))
            yield Workbook(parts, archive, reader)


@contextmanager
def _sound() -> Iterator[None]:
    """Refuse a workbook that a reader stumbles over; its error's text may hold values."""
    try:
        yield
    except (*_READ_ERRORS, fastexcel.FastExcelError):
        raise Refused("not_well_formed", _DAMAGED) from None
    except BaseException as error:
        # A panic of the Rust reader is no Exception, and would end the run.
        if type(error).__name__ != "PanicException":
            raise
        raise Refused("not_well_formed", _DAMAGED) from None


def _check_sizes(archive: zipfile.ZipFile) -> None:
    limits = Limits()
    unpacked = sum(member.file_size for member in archive.infolist())
    packed = sum(member.compress_size for member in archive.infolist())
    if len(archive.infolist()) > limits.max_members:
        raise Refused("zip_bomb", "The workbook has more parts than any real one.")
    if unpacked > limits.ratio_floor_bytes and unpacked > limits.max_ratio * max(packed, 1):
        raise Refused("zip_bomb", "The workbook is far larger unpacked than packed. Save it again as .xlsx.")
    if unpacked > _MAX_UNPACKED_BYTES:
        raise Refused("too_large", "The workbook is too large. Deliver it as CSV.")


def _check_parts(archive: zipfile.ZipFile) -> None:
    """Unpack every part once: the size and checksum that a part states may lie, and calamine trusts them."""
    for member in archive.infolist():
        with archive.open(member) as part:
            while part.read(_CHUNK_BYTES):
                pass


def _worksheets(archive: zipfile.ZipFile) -> Mapping[str, str]:
    names = set(archive.namelist())
    if "xl/workbook.bin" in names:
        raise Refused("unknown_kind", "It is a binary workbook (.xlsb). Save it as .xlsx.")
    targets = {
        relation.get("Id"): _part_name(relation.get("Target", ""))
        for relation in _index(archive, "xl/_rels/workbook.xml.rels")
        if relation.get("Type", "").endswith("/worksheet")
    }
    sheets: dict[str, str] = {}
    for element in _index(archive, "xl/workbook.xml").iter():
        if element.tag not in (_MAIN + "sheet", _STRICT + "sheet"):
            continue
        identifier = next((value for key, value in element.items() if key.endswith("}id")), None)
        part = targets.get(identifier)
        if part in names and element.get("name"):
            sheets[element.get("name", "")] = part
    if not sheets:
        raise Refused("unknown_kind", "The workbook has no worksheets.")
    if len(sheets) > _MAX_SHEETS:
        raise Refused("too_large", f"The workbook has more than {_MAX_SHEETS} sheets. Deliver the datasets only.")
    return MappingProxyType(sheets)


def _part_name(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _index(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    with _sound(), archive.open(name) as part:
        text = part.read(_MAX_INDEX_BYTES)
    # An entity declaration needs a document type, and no workbook has one.
    if b"<!DOCTYPE" in text:
        raise Refused("entity_declarations", "A part of the workbook declares a document type. Save it again as .xlsx.")
    try:
        return ElementTree.fromstring(text)
    except ElementTree.ParseError:
        raise Refused("not_well_formed", _DAMAGED) from None
