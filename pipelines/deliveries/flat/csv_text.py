"""A CSV file before it is split into columns: its encoding, its separator and where its header stands.

Belongs here: everything that is decided from the bytes, in blocks, so that memory stays bounded. What breaks a file as
a whole (NUL bytes, two encodings, an open quotation mark) is refused here: no reader of columns notices it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.deliveries.flat.datasets import Recognised, recognise, refusal_of
from pipelines.deliveries.model import Refused

# What looks at a block several times finds it in the processor's cache.
_BLOCK_BYTES = 256 * 1024
_MOST_LINE_BYTES = 8 * 2**20
_HEAD_BYTES = 2**20
_HEAD_LINES = 20
_SEPARATORS = (";", ",", "\t")
_UTF8, _WINDOWS = "utf-8", "cp1252"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_FOREIGN_LETTERS = re.compile(rb"[\x80-\xff]+")
_EXCEL_HINT = re.compile(r"sep=.", re.IGNORECASE)


@dataclass(frozen=True)
class Heading:
    """Where the header stands: ``skip_lines`` lines to pass over (the header included), ``width`` columns in it."""

    recognised: Recognised
    separator: str
    skip_lines: int
    width: int


@dataclass(frozen=True)
class Inspection:
    """What one look at all bytes showed.

    Attributes:
        encoding: ``utf-8`` or ``cp1252``.
        has_quotes: there are quotation marks, so a separator or a line end may stand inside a value.
        has_padding: values may carry spaces around them.
        has_old_line_ends: lines end in a lone carriage return.
        separator_count: separators after the header.
    """

    encoding: str
    has_quotes: bool
    has_padding: bool
    has_old_line_ends: bool
    separator_count: int


@dataclass(frozen=True)
class CsvText:
    """A CSV file that can be split into columns: UTF-8, with line feeds."""

    source: bytes | Path
    heading: Heading
    inspection: Inspection


@contextmanager
def open_csv(source: bytes | Path, scratch: Path | None = None) -> Iterator[CsvText]:
    """Recognise a CSV file and make it readable as UTF-8.

    Args:
        source: the bytes, or a path.
        scratch: a private folder for a large file that must be re-encoded; default: a new one of the system's.

    Raises:
        Refused: ``empty_file``, ``unknown_encoding``, ``unknown_kind``, ``too_many_columns``, ``two_readings``,
            ``nul_bytes``, ``stray_bom``, ``two_encodings``, ``not_well_formed``, ``too_large``.
    """
    head = _head(source)
    heading = find_heading(head)
    inspection = inspect(source, heading.separator, _separators_in_head(head, heading))
    if inspection.encoding == _UTF8 and not inspection.has_old_line_ends:
        yield CsvText(source, heading, inspection)
    elif isinstance(source, bytes):
        yield CsvText(b"".join(_reencoded(source, inspection)), heading, inspection)
    else:
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            copy = Path(folder) / "utf8.csv"
            with copy.open("wb") as file:
                file.writelines(_reencoded(source, inspection))
            yield CsvText(copy, heading, inspection)


def _head(source: bytes | Path) -> bytes:
    if isinstance(source, bytes):
        head = source[:_HEAD_BYTES]
    else:
        with source.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    if head.startswith(_UTF16):
        raise Refused("unknown_encoding", "The file is UTF-16 text; save it as CSV UTF-8.")
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        raise Refused("empty_file", "The file is empty; deliver it again.")
    return head


def find_heading(head: bytes) -> Heading:
    """The first of the first lines that satisfies a dataset, with the separator that makes it do so.

    Raises:
        Refused: ``unknown_kind``, ``too_many_columns``, ``two_readings``.
    """
    # Names of columns are plain letters: any superset of ASCII shows them, also where the cut halves a letter.
    text = head.removeprefix(codecs.BOM_UTF8).decode(_UTF8, errors="replace")
    candidates: list[list[str]] = []
    for place, line in enumerate(_lines(text)):
        if not line.strip() or _EXCEL_HINT.fullmatch(line):
            continue
        for separator in _SEPARATORS:
            cells = _cells(line, separator)
            recognised = recognise(cells)
            if recognised is not None:
                return Heading(recognised, separator, skip_lines=place + 1, width=len(cells))
            candidates.append(cells)
    raise refusal_of(candidates)


def _lines(text: str) -> list[str]:
    # Line ends as the reader of columns knows them: str.splitlines would also cut at rarer separators.
    return re.split(r"\r\n|\n|\r", text, maxsplit=_HEAD_LINES)[:_HEAD_LINES]


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def _separators_in_head(head: bytes, heading: Heading) -> int:
    lines = re.split(rb"\r\n|\n|\r", head, maxsplit=heading.skip_lines)[: heading.skip_lines]
    return sum(line.count(heading.separator.encode()) for line in lines)


def inspect(source: bytes | Path, separator: str, separators_in_head: int = 0) -> Inspection:
    """Look at all bytes once, line by line in blocks.

    Raises:
        Refused: ``nul_bytes``, ``stray_bom``, ``two_encodings``, ``unknown_encoding``, ``not_well_formed``,
            ``too_large``.
    """
    mark = separator.encode()
    is_utf8, has_utf8_letters, is_windows, has_padding = True, False, True, False
    quotes, separators, line_feeds, returns = 0, 0, 0, 0
    for block in _blocks(source):
        if b"\0" in block:
            raise Refused("nul_bytes", "The file has NUL bytes: it is damaged, or no text. Export it again.")
        quotes += block.count(b'"') if b'"' in block else 0
        # bytes.count stops at each, and there are eight a line.
        separators += int(np.count_nonzero(np.frombuffer(block, np.uint8) == ord(mark)))
        line_feeds += b"\n" in block
        returns += b"\r" in block
        has_padding = has_padding or _has_padding(block, mark)
        if block.isascii():
            continue
        if codecs.BOM_UTF8 in block:
            raise Refused(
                "stray_bom",
                "There is a byte order mark in the middle: files were pasted together. Deliver them one by one.",
            )
        has_padding = True
        if _is_utf8(block):
            has_utf8_letters = True
            continue
        is_utf8 = False
        letters = set(_FOREIGN_LETTERS.findall(block))
        has_utf8_letters = has_utf8_letters or any(map(_is_utf8, letters))
        is_windows = is_windows and all(map(_is_windows, letters))
    if quotes % 2:
        raise Refused("not_well_formed", 'A quotation mark (") is opened and never closed. Export the file again.')
    if not is_utf8 and has_utf8_letters:
        raise Refused(
            "two_encodings", "One part of the file is UTF-8 and another is Windows-1252. Save it in one of them."
        )
    if not is_utf8 and not is_windows:
        raise Refused("unknown_encoding", "The file is neither UTF-8 nor Windows-1252 text. Save it as CSV UTF-8.")
    return Inspection(
        encoding=_UTF8 if is_utf8 else _WINDOWS,
        has_quotes=quotes > 0,
        has_padding=has_padding or quotes > 0,
        has_old_line_ends=bool(returns and not line_feeds),
        separator_count=separators - separators_in_head,
    )


def _has_padding(block: bytes, mark: bytes) -> bool:
    """Whether a blank stands beside a separator or a line end."""
    blanks = (b" ",) if mark == b"\t" else (b" ", b"\t")
    return any(
        edge in block
        for blank in blanks
        if blank in block
        for edge in (blank + mark, mark + blank, blank + b"\n", blank + b"\r", b"\n" + blank)
    )


def _blocks(source: bytes | Path) -> Iterator[bytes]:
    """The bytes in blocks that end at a line end, without the byte order mark at the start."""
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        rest = file.read(len(codecs.BOM_UTF8)).removeprefix(codecs.BOM_UTF8)
        while block := file.read(_BLOCK_BYTES):
            end = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
            if not end:
                rest += block
                if len(rest) > _MOST_LINE_BYTES:
                    raise Refused(
                        "too_large", f"A line is longer than {_MOST_LINE_BYTES // 2**20} MB. Export the file again."
                    )
                continue
            yield rest + block[:end]
            rest = block[end:]
        if rest:
            yield rest


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode(_UTF8)
    except UnicodeDecodeError:
        return False
    return True


def _is_windows(text: bytes) -> bool:
    try:
        text.decode(_WINDOWS)
    except UnicodeDecodeError:
        return False
    return True


def _reencoded(source: bytes | Path, inspection: Inspection) -> Iterator[bytes]:
    for block in _blocks(source):
        text = block if inspection.encoding == _UTF8 else block.decode(_WINDOWS).encode(_UTF8)
        yield text.replace(b"\r", b"\n") if inspection.has_old_line_ends else text
