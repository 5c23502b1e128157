"""The lake: what is written stays, once, and goes when it is told to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from pipelines import lake
from pipelines.deliveries.model import ValidatedDelivery
from pipelines.errors import LakeLockedError
from pipelines.home import Home
from pipelines.lake_entries import Entry, LedgerRow
from pipelines.pseudonyms import Pseudonyms
from pipelines.validation import validate
from schemas.datasets import DATASETS
from schemas.lake_files import FINDINGS, INBOX_INDEX, LEDGER, QUARANTINE_ROWS

from .raw_deliveries import declaration, line, part

PSEUDONYMS = Pseudonyms(b"k" * 32)
SEEN_AT = datetime(2022, 3, 1, 3, 30, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.make()
    return home


def entry(name: str, *months: int, sha256: str = "", broken: bool = False) -> Entry:
    """A declaration with one line of 100 cents per month of 2022; the last line is broken when asked."""
    rows = [
        line(
            line_reference=f"P{month}", amount="100", period_from=f"2022-{month:02}-01", period_to=f"2022-{month:02}-28"
        )
        for month in months
    ]
    if broken:
        rows[-1]["bsn"] = "123456789"
    sha256 = sha256 or f"{sum(name.encode()):064x}"
    result = validate(declaration(*rows, submitted_cents=100 * len(rows)), part(name, sha256), PSEUDONYMS)
    return of(result, name, sha256)


def of(result: ValidatedDelivery, name: str, sha256: str, container: str | None = None) -> Entry:
    row = LedgerRow(
        file_sha256=sha256,
        file_name=name,
        container=container,
        kind=result.header.kind,
        first_seen_at=SEEN_AT,
        release=result.header.release,
        rows_read=result.rows_read,
        rows_accepted=result.rows_accepted,
        rows_quarantined=result.rows_quarantined,
        cents_read=result.cents_read,
    )
    quarantine = None if result.quarantine.is_empty() else result.quarantine
    return Entry(row, result.tables, quarantine)


def write(home: Home, *entries: Entry) -> None:
    with lake.locked(home):
        lake.ensure_schemas(home)
        lake.append(home, entries)


def lines(home: Home) -> pl.DataFrame:
    return pl.read_parquet(home.lake / "declaration_lines" / "*.parquet", hive_partitioning=False)


def files_of(home: Home) -> dict[str, bytes]:
    """Everything in the lake and the quarantine that a reader sees."""
    return {
        str(path.relative_to(home.root)): path.read_bytes()
        for folder in (home.lake, home.quarantine)
        for path in sorted(folder.rglob("*.parquet"))
    }


def test_empty_lake_can_be_read_with_its_columns(home: Home) -> None:
    write(home)

    for dataset in DATASETS.values():
        frame = pl.read_parquet(home.lake / dataset.name / "*.parquet", hive_partitioning=False)
        assert frame.schema == pl.Schema(dataset.lake)
    assert lake.read_ledger(home).schema == pl.Schema(LEDGER)
    assert pl.read_parquet_schema(home.quarantine / "rows.parquet") == pl.Schema(QUARANTINE_ROWS)
    assert pl.read_parquet_schema(home.lake / "findings.parquet") == pl.Schema(FINDINGS)


def test_rows_lie_in_the_month_of_their_care_in_order_of_file_and_row(home: Home) -> None:
    write(home, entry("b", 1, 2, 1 + 2))
    write(home, entry("a", 1, 2))

    assert sorted(path.name for path in (home.lake / "declaration_lines").iterdir()) == [
        "month=2022-01.parquet",
        "month=2022-02.parquet",
        "month=2022-03.parquet",
        "schema.parquet",
    ]
    january = pl.read_parquet(home.lake / "declaration_lines" / "month=2022-01.parquet", hive_partitioning=False)
    assert january["period_from"].to_list() == [date(2022, 1, 1)] * 2
    assert january["file_sha256"].is_sorted()


def test_same_deliveries_give_the_same_bytes_whatever_the_order_and_the_number_of_runs(tmp_path: Path) -> None:
    entries = [entry("a", 1, 2), entry("b", 2, 3, broken=True), entry("c", 1)]
    written = []
    for number, runs in enumerate(([entries], [[one] for one in reversed(entries)], [entries, entries])):
        home = Home(tmp_path / str(number))
        home.make()
        for run in runs:
            write(home, *run)
        written.append(files_of(home))

    assert written[0] == written[1] == written[2]
    assert len(written[0]) > 3


def test_another_name_for_the_same_bytes_adds_a_ledger_row_only(home: Home) -> None:
    first = entry("a", 1)
    write(home, first)
    before = lines(home)

    write(home, Entry(replace(first.row, file_name="again"), {}))

    assert lines(home).equals(before)
    assert lake.read_ledger(home)["file_name"].to_list() == ["a", "again"]


def test_file_keeps_the_time_at_which_it_was_first_seen(home: Home) -> None:
    refused = LedgerRow("ff" * 32, "a", None, "unknown", SEEN_AT, refusal="unreadable", refusal_message="No.")
    write(home, Entry(refused, {}))
    write(home, Entry(replace(refused, first_seen_at=datetime(2023, 1, 1, tzinfo=UTC), refusal=None), {}))

    assert lake.read_ledger(home).select("refusal", "first_seen_at").rows() == [(None, SEEN_AT)]


def test_quarantine_names_row_field_and_rule(home: Home) -> None:
    write(home, entry("a", 1, 2, broken=True))

    rows = pl.read_parquet(home.quarantine / "rows.parquet").drop("file_sha256").rows()
    assert rows == [(2, "bsn", "bsn_check", "JW323", "The BSN does not pass the 11-proef.")]


def test_forgotten_file_takes_its_rows_with_it_and_no_others(home: Home) -> None:
    write(home, entry("keep", 1))
    before = files_of(home)
    write(home, entry("x/a.xml", 1, 2, 3, broken=True))

    forgotten = lake.forget(home, "x/a.xml")

    assert forgotten.file_names == ("x/a.xml",)
    assert forgotten.rows == {"declaration_lines": 2, "quarantine": 1}
    assert (forgotten.cents, forgotten.still_known_as, forgotten.is_in_inbox) == (200, (), False)
    assert files_of(home) == before


def test_forgotten_container_takes_all_its_members(home: Home) -> None:
    members = [entry("m1", 1), entry("m2", 2), entry("m3", 3)]
    containers = ["x/a.zip", "x/a.zip/inner.zip", "x/a.zip.zip"]
    write(
        home,
        *(replace(one, row=replace(one.row, container=name)) for one, name in zip(members, containers, strict=True)),
    )

    assert lake.forget(home, "x/a.zip").file_names == ("m1", "m2")
    assert lines(home)["period_from"].to_list() == [date(2022, 3, 1)]


def test_forgotten_sheets_go_with_their_workbook(home: Home) -> None:
    write(home, entry("book.xlsx#Een", 1), entry("book.xlsx#Twee", 2), entry("book.xlsx2", 3))

    assert lake.forget(home, "book.xlsx#Een").file_names == ("book.xlsx#Een",)
    assert lake.forget(home, "book.xlsx").file_names == ("book.xlsx#Twee",)
    assert lines(home).height == 1


def test_rows_stay_while_the_same_bytes_have_another_name(home: Home) -> None:
    first = entry("a", 1)
    write(home, first, Entry(replace(first.row, file_name="again"), {}))

    forgotten = lake.forget(home, "a")

    assert (forgotten.rows, forgotten.still_known_as) == ({}, ("again",))
    assert lines(home).height == 1


def test_unknown_file_is_nothing_to_forget(home: Home) -> None:
    write(home, entry("a", 1))
    before = files_of(home)

    assert lake.forget(home, "b").file_names == ()
    assert files_of(home) == before


def test_forgotten_file_is_read_again_when_it_is_still_in_the_inbox(home: Home) -> None:
    (home.inbox / "a").write_text("x")
    seen = pl.DataFrame([("a", 1, 2, 3, 1, "ka"), ("b", 1, 2, 3, 1, "kb")], schema=dict(INBOX_INDEX), orient="row")
    with lake.locked(home):
        lake.ensure_schemas(home)
        lake.append(home, [entry("a", 1)], seen)

    assert lake.forget(home, "a").is_in_inbox
    assert lake.read_index(home)["file_name"].to_list() == ["b"]


@pytest.mark.parametrize("step", ["_replace_rows", "_append_ledger"])
def test_killed_run_leaves_nothing_half_done(home: Home, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    write(home, entry("a", 1))
    before = files_of(home)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(lake, step, killed)
        with pytest.raises(KeyboardInterrupt):
            write(home, entry("b", 1, 2))
    assert files_of(home) != before
    assert "b" not in lake.read_ledger(home)["file_name"]

    write(home)

    assert files_of(home) == before


def test_forgetting_that_was_killed_is_finished_by_the_next_run(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home, entry("a", 1))
    before = files_of(home)
    write(home, entry("b", 1, 2))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(lake, "_remove_rows", killed)
        with pytest.raises(KeyboardInterrupt):
            lake.forget(home, "b")

    write(home)

    assert files_of(home) == before


def test_second_writer_is_told_to_wait(home: Home) -> None:
    with lake.locked(home), pytest.raises(LakeLockedError, match="wait until it is done"), lake.locked(home):
        pass
    with lake.locked(home):
        pass


def test_write_to_a_full_disk_leaves_the_file_as_it_was(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home, entry("a", 1))
    before = files_of(home)
    synced: list[int] = []

    def full(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) == 2:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            write(home, entry("b", 1))

    # The first write is the journal, the second the month file.
    assert len(synced) == 2
    assert files_of(home) == before
