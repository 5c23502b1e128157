"""Whatever is delivered, in whatever state: every file is in the ledger, nothing is lost, and no error escapes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import lake
from pipelines.home import Home
from pipelines.ingestion import IngestReport, ingest
from pipelines.pseudonyms import Pseudonyms
from pipelines.settings import ReadingSettings, Settings
from tests.cases.damage import Made, damaged_set
from tests.cases.deployment import Deployment
from tests.cases.inbox import DAMAGED_SETS

PSEUDONYMS = Pseudonyms(b"k" * 32)
LINES = ("JW303", "JW323", "declaraties")


def night(home: Home) -> IngestReport:
    return ingest(home, Settings(reading=ReadingSettings(workers=1)), PSEUDONYMS)


def deliver(home: Home, files: Iterable[Made]) -> None:
    """Put files into the inbox that were last changed long ago, so that no run waits to see whether they grow."""
    for file in files:
        path = home.inbox / file.name
        path.write_bytes(file.content)
        os.utime(path, (1_600_000_000, 1_600_000_000))


def of_file(ledger: pl.DataFrame, name: str) -> pl.DataFrame:
    """The ledger rows of a file of the inbox: its own, or those of what it contains."""
    container = pl.col("container").fill_null("")
    is_inside = (container == name) | container.str.starts_with(f"{name}/")
    return ledger.filter((pl.col("file_name") == name) | is_inside)


def lines_held(home: Home) -> pl.DataFrame:
    """Rows and cents of declaration lines in the lake, per file."""
    lines = pl.read_parquet(home.lake / "declaration_lines" / "*.parquet", hive_partitioning=False)
    return lines.group_by("file_sha256").agg(rows=pl.len(), cents=pl.col("amount_cents").sum())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9))
def test_damaged_deliveries_lose_no_row_and_no_cent(seed: int) -> None:
    files = damaged_set(seed)
    with TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.make()
        deliver(home, files)

        report = night(home)

        ledger = lake.read_ledger(home)
        assert report.internal_errors == 0
        assert ledger.filter(pl.col("rows_read") != pl.col("rows_accepted") + pl.col("rows_quarantined")).is_empty()
        assert ledger.filter(pl.col("cents_read") != pl.col("cents_accepted") + pl.col("cents_quarantined")).is_empty()
        for file in files:
            rows = of_file(ledger, file.name)
            assert not rows.is_empty()
            if file.rows is not None:
                assert rows["refusal"].to_list() == [None] * file.parts
                assert rows["rows_read"].to_list() == [file.rows] * file.parts
                assert rows["cents_read"].to_list() == [file.cents] * file.parts
        taken = ledger.filter(pl.col("refusal").is_null() & pl.col("kind").is_in(LINES)).unique("file_sha256")
        counted = taken.join(lines_held(home), on="file_sha256", how="left").fill_null(0)
        assert counted["rows"].to_list() == counted["rows_accepted"].to_list()
        assert counted["cents"].to_list() == counted["cents_accepted"].to_list()
        assert night(home).files_new == 0
        assert lake.read_ledger(home).equals(ledger)


@pytest.mark.parametrize("seed", DAMAGED_SETS)
def test_copies_of_a_sound_file_count_once_and_the_others_are_duplicates(warehouse: Deployment, seed: int) -> None:
    by_content: dict[bytes, list[Made]] = {}
    for file in damaged_set(seed):
        if file.rows is not None:
            by_content.setdefault(file.content, []).append(file)
    for copies in by_content.values():
        rows, cents, parts = copies[0].rows, copies[0].cents, sum(copy.parts for copy in copies)
        paths = [f"test/{seed}/{copy.name}" for copy in copies]
        found = warehouse.rows(
            """
            select
                count(*) as deliveries,
                sum(rows_accepted + rows_quarantined) as rows_once,
                sum(rows_duplicate) as rows_again,
                sum(cents_accepted + cents_quarantined) as cents_once,
                sum(cents_duplicate) as cents_again
            from ops.deliveries
            where list_contains(?, file_name) or list_contains(?, container)
                or list_contains(?, regexp_replace(container, '/[^/]*$', ''))
            """,
            paths,
            paths,
            paths,
        )
        assert [tuple(row.values()) for row in found] == [(parts, rows, (parts - 1) * rows, cents, (parts - 1) * cents)]
