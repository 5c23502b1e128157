"""Looks for texts in files of any kind: as they are, and decoded; plain, in base64, in hexadecimal.

The files that are read are those that the product writes: Parquet, DuckDB, SQLite, XLSX and other zips, gzip, text.
"""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path

import duckdb
import polars as pl

_MONTHS = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
]
_BATCH_BYTES = 16 * 2**20
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "latin-1")


@dataclass(frozen=True)
class Marker:
    """Something personal that must be nowhere.

    Attributes:
        name: what a test calls it; never the value.
        anywhere: its spellings, in bytes; any of them is a find, whatever the case of its letters.
        alone: spellings that occur in digests by chance: a find where no letter or digit stands beside them.
        packed: the same in base64 and hexadecimal, in which case matters.
    """

    name: str
    anywhere: frozenset[bytes]
    alone: frozenset[bytes]
    packed: frozenset[bytes]

    @property
    def forms(self) -> frozenset[bytes]:
        """Every spelling."""
        return self.anywhere | self.alone | self.packed

    @cached_property
    def pattern(self) -> re.Pattern[bytes]:
        """What a find is."""
        anywhere = b"(?i:" + _any_of(self.anywhere) + b")"
        alone = rb"(?<![0-9A-Za-z])(?:" + _any_of(self.alone) + rb")(?![0-9A-Za-z])"
        return re.compile(b"|".join([anywhere, *([alone] if self.alone else []), _any_of(self.packed)]))


def text_marker(name: str, text: str) -> Marker:
    """A name or a remark: in any case, any encoding, escaped as in JSON or HTML, base64 or hexadecimal."""
    # Of letters outside ASCII, bytes know no case.
    plain = {form.encode(encoding) for form in (text, text.upper()) for encoding in _ENCODINGS}
    plain |= {json.dumps(text)[1:-1].encode(), html.escape(text).encode()}
    return Marker(name, frozenset(plain), frozenset(), _packed([text, text.lower()]))


def bsn_marker(name: str, bsn: str) -> Marker:
    """A BSN: with and without leading zeros, as people write it, base64 or hexadecimal."""
    short = bsn.lstrip("0")
    spaced = [f"{bsn[:4]}.{bsn[4:6]}.{bsn[6:]}", f"{bsn[:3]} {bsn[3:6]} {bsn[6:]}", f"{bsn[:3]}-{bsn[3:6]}-{bsn[6:]}"]
    plain = {text.encode(encoding) for text in [bsn, *spaced] for encoding in _ENCODINGS}
    return Marker(name, frozenset(plain), frozenset({short.encode()}), _packed([bsn, short]))


def date_marker(name: str, day: date) -> Marker:
    """A date of birth, in the spellings of people and of programs."""
    texts = [
        day.isoformat(),
        f"{day:%d-%m-%Y}",
        f"{day:%d/%m/%Y}",
        f"{day:%d.%m.%Y}",
        f"{day:%Y/%m/%d}",
        f"{day.day}-{day.month}-{day.year}",
        f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
        f"date({day.year}, {day.month}, {day.day})",
    ]
    plain = {text.encode(encoding) for text in texts for encoding in _ENCODINGS}
    return Marker(name, frozenset(plain), frozenset({f"{day:%Y%m%d}".encode()}), _packed(texts[:2]))


def search(root: Path, markers: Iterable[Marker], leaving_out: Iterable[Path] = ()) -> set[tuple[str, str]]:
    """Which markers are where: (marker, path below the root) for each file, and its name, in which one is found."""
    out = set(leaving_out)
    wanted, waiting, size = list(markers), [], 0
    found: set[tuple[str, str]] = set()
    for path in sorted(root.rglob("*")):
        if any(path == one or one in path.parents for one in out):
            continue
        relative = path.relative_to(root).as_posix()
        is_file = path.is_file() and not path.is_symlink()
        text = b"\n".join([relative.encode(), *(decoded(path) if is_file else ())])
        waiting.append((relative, text))
        size += len(text)
        if size > _BATCH_BYTES:
            found |= _searched(waiting, wanted)
            waiting, size = [], 0
    return found | _searched(waiting, wanted)


def _searched(files: list[tuple[str, bytes]], markers: list[Marker]) -> set[tuple[str, str]]:
    """As ``search``; hardly any file has a marker, so many are looked at in one pass."""
    if not search_bytes(b"\n".join(text for _, text in files), markers):
        return set()
    return {(marker, name) for name, text in files for marker in search_bytes(text, markers)}


def search_bytes(data: bytes, markers: Iterable[Marker]) -> set[str]:
    """Names of the markers that are in these bytes."""
    wanted = list(markers)
    # All spellings in one pass; only where one may be is looked again, marker by marker.
    if not _may_hold(data, frozenset(form for marker in wanted for form in marker.forms)):
        return set()
    return {marker.name for marker in wanted if marker.pattern.search(data)}


def _may_hold(data: bytes, forms: frozenset[bytes]) -> bool:
    texts = pl.Series([data.decode("latin-1")])
    return bool(texts.str.contains_any(_texts_of(forms), ascii_case_insensitive=True)[0])


@cache
def _texts_of(forms: frozenset[bytes]) -> list[str]:
    return [form.decode("latin-1") for form in sorted(forms)]


def decoded(path: Path) -> Iterator[bytes]:
    """What is in a file: its bytes, and its values as text."""
    data = path.read_bytes()
    yield data
    if data.startswith(b"PAR1"):
        yield _values(pl.read_parquet(io.BytesIO(data)))
    elif data[8:12] == b"DUCK":
        yield from _duckdb(path)
    elif data.startswith(b"SQLite format 3\0"):
        yield from _sqlite(path)
    elif zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield html.unescape(archive.read(name).decode("utf-8", "replace")).encode()
    elif data.startswith(b"\x1f\x8b"):
        yield gzip.decompress(data)


def _any_of(forms: Iterable[bytes]) -> bytes:
    return b"|".join(re.escape(form) for form in sorted(forms))


def _packed(texts: Iterable[str]) -> frozenset[bytes]:
    """The texts in hexadecimal, and in base64 at each of the three places at which they can begin."""
    forms = set()
    for text in texts:
        for raw in {text.encode(), text.encode("utf-16-le")}:
            forms |= {raw.hex().encode(), raw.hex().upper().encode()}
            for shift in range(3):
                whole = base64.b64encode(b"\0" * shift + raw)
                # The first and the last character also depend on what stands beside the text.
                inner = whole.rstrip(b"=")[(0, 2, 3)[shift] :]
                inner = inner[: len(inner) - (0 if (len(raw) + shift) % 3 == 0 else 1)]
                forms |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return frozenset(forms)


def _values(frame: pl.DataFrame) -> bytes:
    columns = [column.name + "\n" + "\n".join(map(str, column.unique().to_list())) for column in frame.iter_columns()]
    return "\n".join(columns).encode("utf-8", "replace")


def _duckdb(path: Path) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        shutil.copy(path, copy)
        with duckdb.connect(str(copy), read_only=True) as connection:
            tables = connection.execute("select schema_name, table_name, comment, sql from duckdb_tables()").fetchall()
            columns = connection.execute("select column_name, comment from duckdb_columns()").fetchall()
            views = connection.execute("select sql, comment from duckdb_views()").fetchall()
            yield repr((tables, columns, views)).encode()
            for schema, table, *_ in tables:
                yield _values(connection.execute(f'select * from "{schema}"."{table}"').pl())


def _sqlite(path: Path) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        for beside in path.parent.glob(f"{path.name}*"):
            shutil.copy(beside, folder)
        connection = sqlite3.connect(Path(folder) / path.name)
        try:
            connection.text_factory = bytes
            names = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
            for name in names:
                for row in connection.execute(f'select * from "{name.decode()}"'):
                    yield b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
        finally:
            connection.close()
