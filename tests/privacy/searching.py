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
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "latin-1")


@dataclass(frozen=True)
class Marker:
    """Something personal that must be nowhere.

    Attributes:
        name: what a test calls it; never the value.
        patterns: its spellings, as patterns of bytes.
    """

    name: str
    patterns: tuple[re.Pattern[bytes], ...]


def text_marker(name: str, text: str) -> Marker:
    """A name or a remark: in any case, any encoding, escaped as in JSON or HTML, base64 or hexadecimal."""
    # Of letters outside ASCII, patterns of bytes know no case.
    plain = {re.escape(form.encode(encoding)) for form in (text, text.upper()) for encoding in _ENCODINGS}
    plain |= {re.escape(json.dumps(text)[1:-1].encode()), re.escape(html.escape(text).encode())}
    return Marker(name, (re.compile(b"|".join(sorted(plain)), re.IGNORECASE), _packed([text, text.lower()])))


def bsn_marker(name: str, bsn: str) -> Marker:
    """A BSN: with and without leading zeros, as people write it, base64 or hexadecimal."""
    short = bsn.lstrip("0")
    spaced = [f"{bsn[:4]}.{bsn[4:6]}.{bsn[6:]}", f"{bsn[:3]} {bsn[3:6]} {bsn[6:]}", f"{bsn[:3]}-{bsn[3:6]}-{bsn[6:]}"]
    plain = [re.escape(text.encode(encoding)) for text in [bsn, *spaced] for encoding in _ENCODINGS]
    # Eight digits occur in digests by chance: those that stand alone are meant.
    alone = rb"(?<![0-9A-Za-z])" + short.encode() + rb"(?![0-9A-Za-z])"
    patterns = [re.compile(b"|".join(plain)), re.compile(alone), _packed([bsn, short])]
    return Marker(name, tuple(patterns))


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
    plain = [re.escape(text.encode(encoding)) for text in texts for encoding in _ENCODINGS]
    alone = rb"(?<![0-9A-Za-z])" + f"{day:%Y%m%d}".encode() + rb"(?![0-9A-Za-z])"
    patterns = [re.compile(b"|".join(plain), re.IGNORECASE), re.compile(alone), _packed(texts[:2])]
    return Marker(name, tuple(patterns))


def search(root: Path, markers: Iterable[Marker], leaving_out: Iterable[Path] = ()) -> set[tuple[str, str]]:
    """Which markers are where: (marker, path below the root) for each file, and its name, in which one is found."""
    out, found = set(leaving_out), set()
    wanted = list(markers)
    for path in sorted(root.rglob("*")):
        if any(path == one or one in path.parents for one in out):
            continue
        relative = path.relative_to(root).as_posix()
        found |= {(marker, relative) for marker in search_bytes(relative.encode(), wanted)}
        if path.is_file() and not path.is_symlink():
            for text in decoded(path):
                found |= {(marker, relative) for marker in search_bytes(text, wanted)}
    return found


def search_bytes(data: bytes, markers: Iterable[Marker]) -> set[str]:
    """Names of the markers that are in these bytes."""
    return {marker.name for marker in markers if any(pattern.search(data) for pattern in marker.patterns)}


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


def _packed(texts: Iterable[str]) -> re.Pattern[bytes]:
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
    return re.compile(b"|".join(re.escape(form) for form in sorted(forms)))


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
