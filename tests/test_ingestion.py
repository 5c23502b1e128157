"""The inbox → the lake: everything once, nothing lost, and no file stops another."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from demo.messages import (
    AllocatedProduct,
    AllocationMessage,
    Client,
    Declaration,
    Line,
    MessageHeader,
    Product,
    envelope,
    to_xml,
)
from pipelines import ingestion, lake
from pipelines.home import Home
from pipelines.ingestion import IngestReport, ingest, intake
from pipelines.pseudonyms import Pseudonyms
from pipelines.settings import ReadingSettings, Settings
from schemas.lake_files import LEDGER

PSEUDONYMS = Pseudonyms(b"k" * 32)
CLIENT = Client("999900006", name="Demokindnaam")
FLAT = (
    "gemeentecode;aanbieder_agb;referentienummer;bsn;toewijzingnummer;productcode;begindatum;einddatum;bedrag\n"
    "0988;94999001;{reference};999900006;500001;54002;2022-01-01;2022-01-31;100,00\n"
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.make()
    return home


def run(home: Home, workers: int = 1) -> IngestReport:
    return ingest(home, Settings(reading=ReadingSettings(workers=workers)), PSEUDONYMS)


def deliver(home: Home, name: str, data: bytes) -> Path:
    """Put a file in the inbox that was last changed long ago, so that no run waits to see whether it grows."""
    path = home.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (1_600_000_000, 1_600_000_000))
    return path


def bill(
    identification: str = "M1", *references: str, bsn: str = "999900006", stated_cents: int | None = None
) -> bytes:
    product, month = Product("54", "54002"), (date(2022, 1, 1), date(2022, 1, 31))
    lines = tuple(
        Line(Client(bsn), reference, 500001, product, *month, volume=10, amount_cents=1000, tariff_cents=100)
        for reference in references or ("P1",)
    )
    header = MessageHeader("0988", "94999001", identification, date(2022, 2, 5))
    return to_xml(Declaration(header, date(2022, 1, 1), date(2022, 1, 31), lines, "D1", stated_cents))


def allocation(identification: str) -> bytes:
    day = date(2022, 1, 1)
    product = AllocatedProduct(500001, Product("54", "54002"), starts_on=day, ends_on=None, allocated_on=day)
    return to_xml(AllocationMessage(MessageHeader("0988", "94999001", identification, day), CLIENT, (product,)))


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.xml", data)
    return buffer.getvalue()


def ledger(home: Home, *columns: str) -> list[tuple[object, ...]]:
    return lake.read_ledger(home).sort("file_name").select(*columns).rows()


def lines(home: Home) -> pl.DataFrame:
    return pl.read_parquet(home.lake / "declaration_lines" / "*.parquet", hive_partitioning=False)


def files_of(home: Home) -> dict[str, bytes]:
    """Everything a reader sees, but for the moment of the run and the inbox's own times."""
    files = {
        path.name + str(path.parent.name): path.read_bytes()
        for folder in (home.lake, home.quarantine)
        for path in folder.rglob("*.parquet")
        if path.name not in ("ledger.parquet", "inbox_index.parquet")
    }
    return files | {"ledger": lake.read_ledger(home).drop("first_seen_at").write_json().encode()}


def test_empty_inbox_gives_an_empty_lake(home: Home) -> None:
    assert run(home) == IngestReport()
    assert lake.read_ledger(home).schema == pl.Schema(LEDGER)


def test_second_run_opens_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(home, "a.xml", bill())
    first = run(home)
    before = files_of(home)

    def opened(files: list[object], _: object) -> list[object]:
        assert files == []
        return []

    monkeypatch.setattr(ingestion, "take_in", opened)

    again = run(home)

    assert (first.files_new, first.rows_accepted, first.cents_accepted) == (1, 1, 1000)
    assert (again.files, again.files_unchanged, again.files_new) == (1, 1, 0)
    assert files_of(home) == before


def test_touched_file_is_opened_and_known(home: Home) -> None:
    path = deliver(home, "a.xml", bill())
    run(home)
    os.utime(path, (1_500_000_000, 1_500_000_000))

    again = run(home)

    assert (again.files_unchanged, again.files_new, again.rows_read) == (0, 0, 0)
    assert lines(home).height == 1


def test_file_replaced_by_one_of_the_same_size_and_time_is_seen(home: Home) -> None:
    deliver(home, "a.xml", bill("M1"))
    run(home)
    deliver(home, "a.xml", bill("M2"))

    assert run(home).files_new == 1
    assert set(ledger(home, "identification")) == {("M1",), ("M2",)}


def test_same_bytes_under_another_name_are_counted_and_not_read_twice(home: Home) -> None:
    deliver(home, "a.xml", bill())
    deliver(home, "b/a.xml", bill())
    run(home)
    deliver(home, "c.xml", bill())
    run(home)

    assert ledger(home, "file_name", "rows_read", "cents_accepted") == [
        ("a.xml", 1, 1000),
        ("b/a.xml", 1, 1000),
        ("c.xml", 1, 1000),
    ]
    assert lines(home).height == 1


def test_messages_in_containers_are_taken_with_their_container(home: Home) -> None:
    deliver(home, "x/a.zip", zipped(one=bill("M1"), two=allocation("T1")))
    deliver(home, "b.xml.gz", gzip.compress(bill("M2", "P2")))
    deliver(home, "c.xml", envelope(bill("M3", "P3")))

    run(home)

    assert [(name, container) for name, container in ledger(home, "file_name", "container")] == [
        ("b.xml", "b.xml.gz"),
        ("c.xml", "c.xml"),
        ("one.xml", "x/a.zip"),
        ("two.xml", "x/a.zip"),
    ]
    assert lines(home).height == 3
    assert list(home.scratch.iterdir()) == []


def test_refused_file_has_its_reason_and_the_others_go_on(home: Home) -> None:
    deliver(home, "a.xml", bill()[:-40])
    deliver(home, "b.xml", bill("M2", "P2", "P3", stated_cents=1))
    deliver(home, "c.xml", bill("M3"))

    report = run(home)

    assert ledger(home, "kind", "refusal", "rows_read", "rows_quarantined", "cents_quarantined") == [
        ("JW323", "not_well_formed", 0, 0, 0),
        ("JW323", "total_mismatch", 2, 2, 2000),
        ("JW323", None, 1, 0, 0),
    ]
    assert (report.deliveries_taken, report.deliveries_refused, report.internal_errors) == (1, 2, 0)


def test_mended_file_is_taken_and_the_refusal_stays_on_record(home: Home) -> None:
    deliver(home, "a.xml", bill(stated_cents=1))
    run(home)
    deliver(home, "a.xml", bill())
    run(home)

    assert set(ledger(home, "refusal")) == {(None,), ("total_mismatch",)}
    assert lines(home).height == 1


def test_refused_file_is_read_again_by_a_newer_reader(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(home, "a.xml", bill(stated_cents=1))
    run(home)
    assert run(home).files_unchanged == 1
    monkeypatch.setattr(ingestion, "READER_VERSION", ingestion.READER_VERSION + 1)

    again = run(home)

    assert (again.files_unchanged, again.deliveries_refused) == (0, 1)
    assert len(ledger(home, "file_name")) == 1


def test_our_own_error_in_one_file_is_a_refusal_without_its_text(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(home, "a.xml", bill("M1"))
    deliver(home, "b.xml", bill("M2"))
    real = intake.validate_many

    def fails_on_one(deliveries: list, *more: object, **named: object) -> list:
        if any(raw.header.identification == "M1" for raw, _ in deliveries):
            raise KeyError("999900006")
        return real(deliveries, *more, **named)

    with monkeypatch.context() as patch:
        patch.setattr(intake, "validate_many", fails_on_one)
        patch.setattr("pipelines.validation.validate_many", fails_on_one)
        report = run(home)

    assert ledger(home, "refusal", "rows_read") == [("internal_error", 1), (None, 1)]
    assert report.internal_errors == 1
    (message,) = lake.read_ledger(home)["refusal_message"].drop_nulls()
    assert "KeyError" in message
    assert "999900006" not in message
    assert run(home).deliveries_taken == 1


def test_error_while_unpacking_is_a_refusal_and_tried_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(home, "a.xml", bill("M1"))

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(intake, "unpack", lambda *_: (denied() for _ in (1,)))
        run(home)

    assert ledger(home, "kind", "refusal") == [("unknown", "unreadable")]
    assert run(home).deliveries_taken == 1


def test_file_that_grows_while_it_is_read_is_left_for_the_next_run(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    path = deliver(home, "a.xml", bill())
    real = intake.unpack

    def unpack_and_grow(*arguments: object) -> object:
        yield from real(*arguments)
        with path.open("ab") as file:
            file.write(b"\n")

    with monkeypatch.context() as patch:
        patch.setattr(intake, "unpack", unpack_and_grow)
        report = run(home)

    assert (report.files_growing, report.files_new, ledger(home, "file_name")) == (1, 0, [])
    os.utime(path, (1_600_000_000, 1_600_000_000))
    assert run(home).files_new == 1


def test_message_that_is_not_needed_is_on_record(home: Home) -> None:
    data = allocation("T1").replace(b"jw301", b"jw302").replace(b"JW301", b"JW302").replace(b">436<", b">437<")
    deliver(home, "a.xml", data)

    run(home)

    assert ledger(home, "kind", "refusal", "rows_read") == [("JW302", None, 0)]


def test_flat_export_without_a_date_is_known_when_its_file_was_changed(home: Home) -> None:
    deliver(home, "a.csv", FLAT.format(reference="P1").encode())

    run(home)

    assert ledger(home, "kind", "message_date", "cents_read") == [("declaraties", date(2020, 9, 13), 10000)]
    assert lines(home)["known_at"].to_list() == [date(2020, 9, 13)]


@pytest.mark.parametrize("limit", ["_THREADS_BYTES", "_PROCESSES_FILES"])
def test_workers_give_what_one_process_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(ingestion, limit, 1)
    monkeypatch.setattr(ingestion, "_CHUNK_FILES", 2)
    results = []
    for workers in (1, 2):
        home = Home(tmp_path / str(workers))
        home.make()
        for number in range(5):
            deliver(home, f"{number}.xml", bill(f"M{number}", f"P{number}"))
        deliver(home, "same.xml", bill("M1", "P1"))
        deliver(home, "bad.xml", b"<a>")
        report = run(home, workers)
        results.append((report, files_of(home)))

    assert results[0] == results[1]
    assert results[0][0].deliveries_taken == 6


def test_runs_over_several_nights_give_what_one_run_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingestion, "_FLUSH_FILES", 2)
    data = {f"{number}.xml": bill(f"M{number}", f"P{number}", bsn="999900018") for number in range(4)}
    data["again.xml"] = data["2.xml"]
    data["a.zip"] = zipped(one=bill("M7", "P7", bsn="123456789"), two=allocation("T1"))
    results = []
    for nights in (list(data), list(reversed(data))):
        home = Home(tmp_path / str(len(results)))
        home.make()
        for name in nights:
            deliver(home, name, data[name])
            if len(results) == 1:
                run(home)
        run(home)
        results.append(files_of(home))

    assert results[0] == results[1]


def test_progress_counts_up_to_all_files(home: Home) -> None:
    for number in range(3):
        deliver(home, f"{number}.xml", bill(f"M{number}"))
    seen = []

    ingest(home, Settings(), PSEUDONYMS, seen.append)

    assert [(one.files_done, one.files_total) for one in seen] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert seen[-1].rows_read == 3


def test_nobody_is_named_outside_the_inbox(home: Home) -> None:
    deliver(home, "a.xml", allocation("T1"))
    deliver(home, "b.xml", bill("M1", "P1"))
    deliver(home, "c.xml", bill("M2", "P2", bsn="123456789"))
    deliver(home, "d.xml", bill("M3", bsn="999900006", stated_cents=1))

    run(home)

    outside = [path for path in home.root.rglob("*") if path.is_file() and home.inbox not in path.parents]
    assert len(outside) > 5
    for path in outside:
        data = path.read_bytes()
        if path.suffix == ".parquet":
            data += pl.read_parquet(path, hive_partitioning=False).write_json().encode()
        for person in (b"999900006", b"123456789", b"Demokindnaam", b"2006-05-17"):
            assert person not in data, path
