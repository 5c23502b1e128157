"""The same bytes under one name in several places: each delivery has a ledger row of its own."""

from __future__ import annotations

import io
import os
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from pipelines import lake
from pipelines.home import Home
from pipelines.ingestion import ingest
from pipelines.pseudonyms import Pseudonyms
from pipelines.settings import ReadingSettings, Settings
from tests.cases.deployment import january, line

PSEUDONYMS = Pseudonyms(b"k" * 32)
MESSAGE = january("94999001", "M1", line("A1"))


def zipped(*members: tuple[str, bytes]) -> bytes:
    """A zip with these members, in this order; a name may occur twice."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore", UserWarning)
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def ledger_after(folder: Path, *nights: Sequence[tuple[str, bytes]]) -> pl.DataFrame:
    """The ledger after nights on which these files were delivered."""
    home = Home(folder)
    home.make()
    for night in nights:
        for name, content in night:
            path = home.inbox / name
            path.write_bytes(content)
            os.utime(path, (1_600_000_000, 1_600_000_000))
        ingest(home, Settings(reading=ReadingSettings(workers=1)), PSEUDONYMS)
    return lake.read_ledger(home)


def names_of(ledger: pl.DataFrame) -> list[tuple[str, str | None]]:
    return sorted(ledger.select("file_name", "container").iter_rows())


A, B, BARE = ("a.zip", zipped(("one.xml", MESSAGE))), ("b.zip", zipped(("one.xml", MESSAGE))), ("one.xml", MESSAGE)


@pytest.mark.parametrize("nights", [[[A, B]], [[A], [B]], [[B], [A]], [[B], [A, B], []]])
def test_member_of_two_containers_has_a_row_for_each_in_any_order(
    tmp_path: Path, nights: Sequence[Sequence[tuple[str, bytes]]]
) -> None:
    ledger = ledger_after(tmp_path, *nights)

    assert names_of(ledger) == [("b.zip/one.xml", "b.zip"), ("one.xml", "a.zip")]
    assert ledger["rows_read"].to_list() == [1, 1]
    assert ledger["file_sha256"].n_unique() == 1


@pytest.mark.parametrize("nights", [[[A, BARE]], [[A], [BARE]], [[BARE], [A]]])
def test_bare_file_keeps_its_name_beside_a_member_of_that_name(
    tmp_path: Path, nights: Sequence[Sequence[tuple[str, bytes]]]
) -> None:
    assert names_of(ledger_after(tmp_path, *nights)) == [("a.zip/one.xml", "a.zip"), ("one.xml", None)]


def test_two_members_of_one_name_in_one_zip_have_a_row_each(tmp_path: Path) -> None:
    ledger = ledger_after(tmp_path, [("a.zip", zipped(("one.xml", MESSAGE), ("one.xml", MESSAGE)))])

    assert names_of(ledger) == [("one.xml", "a.zip"), ("one.xml#2", "a.zip")]


def test_refused_member_of_two_containers_has_a_row_for_each(tmp_path: Path) -> None:
    broken = zipped(("../one.xml", MESSAGE))

    ledger = ledger_after(tmp_path, [("a.zip", broken), ("b.zip", broken)], [])

    assert names_of(ledger) == [("../one.xml", "a.zip"), ("b.zip/../one.xml", "b.zip")]
    assert ledger["refusal"].to_list() == ["unsafe_path"] * 2


def test_forgetting_one_container_keeps_what_the_other_delivered(tmp_path: Path) -> None:
    ledger_after(tmp_path, [A, B])
    home = Home(tmp_path)

    forgotten = lake.forget(home, "b.zip")

    assert (forgotten.file_names, forgotten.cents) == (("b.zip/one.xml",), 0)
    assert names_of(lake.read_ledger(home)) == [("one.xml", "a.zip")]
    lines = pl.read_parquet(home.lake / "declaration_lines" / "month=*.parquet", hive_partitioning=False)
    assert lines.height == 1
