"""The search itself: what is planted in any kind of file, in any spelling, is found; what is not there is not."""

from __future__ import annotations

import base64
import gzip
import sqlite3
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
import xlsxwriter

from tests.privacy.searching import bsn_marker, date_marker, search, text_marker

BSN, NAME, BORN = "010000008", "Véldqwist", date(2009, 11, 23)
MARKERS = [bsn_marker("bsn", BSN), text_marker("name", NAME), date_marker("born", BORN)]
TEXTS = {"bsn": BSN, "name": NAME, "born": BORN.isoformat()}


def _parquet(path: Path, text: str) -> None:
    rows = pl.DataFrame({"a": ["x" * 100] * 5000 + [text]})
    rows.write_parquet(path, compression="zstd")


def _duckdb(path: Path, text: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema s")
        connection.execute("create table s.t as select 'xxxxxxxxxx' || (range // 100) as a from range(50000)")
        connection.execute("insert into s.t values (?)", [text])


def _sqlite(path: Path, text: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("create table t (a text)")
    # Longer than a page: its bytes do not lie together.
    connection.execute("insert into t values (?)", ["x" * 4090 + text + "y" * 9000])
    connection.commit()
    connection.close()


def _xlsx(path: Path, text: str) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write(3, 3, text)


def _zip(path: Path, text: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", text)


def _gzip(path: Path, text: str) -> None:
    path.write_bytes(gzip.compress(text.encode()))


def _log(path: Path, text: str) -> None:
    path.write_text(f"2026-11-23 ERROR could not convert {text!r}\n", encoding="utf-8")


def _html(path: Path, text: str) -> None:
    path.write_text(f"<td>{text}</td>", encoding="utf-8")


def _utf16(path: Path, text: str) -> None:
    path.write_bytes(("een regel " + text).encode("utf-16"))


KINDS = {
    "a.parquet": _parquet,
    "a.duckdb": _duckdb,
    "a.db": _sqlite,
    "a.xlsx": _xlsx,
    "a.zip": _zip,
    "a.gz": _gzip,
    "a.log": _log,
    "a.html": _html,
    "a.txt": _utf16,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("marker", TEXTS)
def test_marker_in_any_kind_of_file_is_found(tmp_path: Path, kind: str, marker: str) -> None:
    write: Callable[[Path, str], None] = KINDS[kind]
    write(tmp_path / kind, TEXTS[marker])

    assert search(tmp_path, MARKERS) == {(marker, kind)}


SPELLINGS = {
    "without zeros": ("bsn", b"nummer 10000008."),
    "with dots": ("bsn", b"0100.00.008"),
    "behind letters": ("bsn", b"T010000008"),
    "capitals": ("name", "VÉLDQWIST".encode()),
    "json": ("name", b'{"a": "V\\u00e9ldqwist"}'),
    "latin-1": ("name", NAME.encode("latin-1")),
    "hexadecimal": ("bsn", b"0x" + BSN.encode().hex().encode()),
    "dutch date": ("born", b"geboren 23-11-2009"),
    "compact date": ("born", b" 20091123 "),
    "written date": ("born", b"23 november 2009"),
    "python's date": ("born", b"datetime.date(2009, 11, 23)"),
    **{
        f"base64 at {shift}": ("bsn", base64.b64encode(b"bsn=x"[: 2 + shift] + BSN.encode() + b" and more"))
        for shift in range(3)
    },
    **{
        f"name in base64 at {shift}": ("name", base64.b64encode(b"abc"[:shift] + NAME.encode() + b"xyz"))
        for shift in range(3)
    },
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_marker_in_any_spelling_is_found(tmp_path: Path, spelling: str) -> None:
    marker, data = SPELLINGS[spelling]
    (tmp_path / "file").write_bytes(b"before " + data + b" after")

    assert search(tmp_path, MARKERS) == {(marker, "file")}


def test_marker_in_a_name_of_a_file_or_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "2009-11-23").mkdir()
    (tmp_path / "2009-11-23" / f"{BSN}.txt").touch()

    assert {marker for marker, _ in search(tmp_path, MARKERS)} == {"bsn", "born"}


def test_what_is_like_a_marker_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"110000008 010000009 a10000008b 2009-11-24 Veldqwist 0100000081"[:-11])

    assert search(tmp_path, MARKERS) == set()


def test_folder_that_is_left_out_is_not_searched(tmp_path: Path) -> None:
    (tmp_path / "inbox" / "deep").mkdir(parents=True)
    (tmp_path / "inbox" / "deep" / "a").write_text(BSN, encoding="ascii")

    assert search(tmp_path, MARKERS, [tmp_path / "inbox"]) == set()
