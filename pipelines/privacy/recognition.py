"""Which pieces of a file's name are about a person: those that the file has as a value.

Belongs here: looking for a few short texts in the bytes of a delivery, whatever its kind. Nothing is parsed, so that it
also holds for what is refused. Does not belong here: what a name is made of (``names``).
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import IO

from pipelines.deliveries.sources import size_of

_BLOCK_BYTES = 8 * 2**20
_OVERLAP_BYTES = 1024
_ZIP_MAGIC = b"PK\x03\x04"
_ENCODINGS = ("utf-8", "cp1252", "utf-16-le", "utf-16-be")
_BIRTH = b"geboorte"
_LETTERS_AND_DIGITS = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789")
_SPREADSHEET_EPOCH = date(1899, 12, 30)


def personal_pieces(source: bytes | Path, pieces: Collection[str]) -> set[str]:
    """Those pieces that occur in a file as a value, or as part of one.

    A word counts as a whole word outside markup, whatever its case; a number as a BSN, with or without leading zeros; a
    date where a date of birth stands.

    Args:
        source: the file as unpacked; an XLSX is looked into.
        pieces: as ``names.pieces`` gives them.
    """
    open_pieces = set(pieces)
    found: set[str] = set()
    heading = b""
    for block in texts(source) if open_pieces else ():
        lowered = block.lower()
        heading = heading or lowered.split(b"\n", 1)[0]
        hits = {piece for piece in open_pieces if _occurs(piece, lowered, heading)}
        found |= hits
        open_pieces -= hits
        if not open_pieces:
            break
    return found


def texts(source: bytes | Path) -> Iterator[bytes]:
    """A file's bytes in overlapping blocks; of a zip, as an XLSX is one, those of its members."""
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        if file.read(len(_ZIP_MAGIC)) != _ZIP_MAGIC:
            file.seek(0)
            yield from _blocks(file, size_of(source))
            return
        try:
            with zipfile.ZipFile(file) as archive:
                for member in archive.infolist():
                    with archive.open(member) as content:
                        yield from _blocks(content, min(member.file_size, 2**30))
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError):
            file.seek(0)
            yield from _blocks(file, size_of(source))


def _blocks(file: IO[bytes], size: int) -> Iterator[bytes]:
    before, read = b"", 0
    while read < size and (block := file.read(_BLOCK_BYTES)):
        read += len(block)
        yield before + block
        before = block[-_OVERLAP_BYTES:]


def _occurs(piece: str, lowered: bytes, heading: bytes) -> bool:
    digits = re.sub(r"[ ._-]", "", piece)
    if not digits.isdigit():
        # A word, or an identifier of letters and digits.
        return any(_is_word(text, lowered) for text in _spellings(piece.lower()))
    if not digits.isascii():
        return False
    day = _day(piece)
    births = _dates(day) if day is not None else set()
    return any(_number_at(text.encode(), lowered) is not None for text in _bsns(digits)) or any(
        _is_birth(text.encode(), lowered, heading) for text in births
    )


def _spellings(word: str) -> set[bytes]:
    spellings = set()
    for form in ("NFC", "NFD"):
        for encoding in _ENCODINGS:
            try:
                spellings.add(unicodedata.normalize(form, word).encode(encoding))
            except UnicodeEncodeError:
                continue
    return spellings


def _is_word(word: bytes, lowered: bytes) -> bool:
    """Whether a word stands in a text, not as a part of a longer word or of markup."""
    start = lowered.find(word)
    while start >= 0:
        end = start + len(word)
        around = lowered[start - 1 : start] + lowered[end : end + 1]
        # The name of an element is no value; a letter beside it makes it another word.
        is_markup = lowered.rfind(b"<", max(0, start - 200), start) > lowered.rfind(b">", max(0, start - 200), start)
        if not is_markup and not any(byte >= 0x80 or byte in _LETTERS_AND_DIGITS for byte in around):
            return True
        start = lowered.find(word, start + 1)
    return False


def _number_at(number: bytes, lowered: bytes, start: int = 0) -> int | None:
    """Where a number stands that is not part of a longer one."""
    start = lowered.find(number, start)
    while start >= 0:
        end = start + len(number)
        around = lowered[start - 1 : start] + lowered[end : end + 1]
        if not any(byte in _LETTERS_AND_DIGITS for byte in around):
            return start
        start = lowered.find(number, start + 1)
    return None


def _is_birth(text: bytes, lowered: bytes, heading: bytes) -> bool:
    """Whether a date stands where dates of birth stand: in such an element, or in such a column."""
    separator = max((b";", b",", b"\t"), key=heading.count)
    columns = [place for place, name in enumerate(heading.split(separator)) if _BIRTH in name]
    start = _number_at(text, lowered)
    while start is not None:
        line = lowered.rfind(b"\n", 0, start) + 1
        if _BIRTH in lowered[max(0, start - 80) : start] or text.startswith(b">"):
            return True
        if lowered[line:start].count(separator) in columns:
            return True
        start = _number_at(text, lowered, start + 1)
    return False


def _bsns(digits: str) -> set[str]:
    """The BSNs that a run of digits may be, or hold, as a delivery writes them."""
    if len(digits) < 9:
        # Eight digits may be a provider's code: only the zero in front makes them a BSN.
        return {digits.zfill(9)}
    return {digits[start : start + 9] for start in range(len(digits) - 8)} | {digits}


def _day(piece: str) -> date | None:
    parts = re.fullmatch(r"(\d{4})[ ._-](\d{1,2})[ ._-](\d{1,2})|(\d{1,2})[ ._-](\d{1,2})[ ._-](\d{4})", piece)
    parts = parts or re.fullmatch(r"((?:19|20)\d{2})(\d{2})(\d{2})|(\d{2})(\d{2})((?:19|20)\d{2})", piece)
    if parts is None:
        return None
    year, month, day = (parts[1], parts[2], parts[3]) if parts[1] else (parts[6], parts[5], parts[4])
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _dates(day: date) -> set[str]:
    return {
        day.isoformat(),
        f"{day:%d-%m-%Y}",
        f"{day.day}-{day.month}-{day.year}",
        f"{day:%d/%m/%Y}",
        f"{day:%Y%m%d}",
        # As a workbook keeps it.
        f">{(day - _SPREADSHEET_EPOCH).days}<",
    }
