"""Flat exports from the inbox to the lake: counts, cents, and the reason of what is not taken."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines import ingestion
from pipelines.home import Home
from pipelines.lake import read_ledger
from pipelines.pseudonyms import Pseudonyms
from pipelines.settings import Settings
from tests.deliveries.flat.exports import ALLOCATION, DECLARATION, csv_bytes, workbook_bytes

PSEUDONYMS = Pseudonyms(bytes(range(32)))


def _line(reference: str, **values: str) -> dict[str, str]:
    return {**DECLARATION, "dagtekening": "2019-04-10", "debet_credit": "", "referentienummer": reference, **values}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.make()
    return home


def _taken(home: Home, **files: bytes) -> pl.DataFrame:
    for name, data in files.items():
        (home.inbox / name).write_bytes(data)
    ingestion.ingest(home, Settings(), PSEUDONYMS)
    return read_ledger(home).sort("file_name")


def _rules(home: Home) -> list[tuple[int, str]]:
    rows = pl.read_parquet(home.quarantine / "rows.parquet").sort("row_number", "field")
    return rows.select("row_number", "field").rows()


def test_rows_and_cents_balance_and_broken_rows_are_named(home: Home) -> None:
    header = "vorig_referentienummer"
    rows = [
        {**_line("R1", bedrag="1.234,50"), header: ""},
        {**_line("R2", bedrag="-10,00"), header: "R1"},
        {**_line("R3", einddatum="30-02-2019"), header: ""},
        {**_line("R4", bsn="123456789"), header: ""},
        {**_line("R5", bedrag="-5,00", debet_credit="C"), header: "R1"},
        {**_line("R6", bedrag="twaalf"), header: ""},
    ]
    ledger = _taken(home, export=csv_bytes(rows)).row(0, named=True)
    assert (ledger["rows_read"], ledger["rows_accepted"], ledger["rows_quarantined"]) == (6, 2, 4)
    assert ledger["cents_accepted"] == 123450 - 1000
    assert ledger["cents_read"] == ledger["cents_accepted"] + ledger["cents_quarantined"]
    assert {row for row, _ in _rules(home)} == {3, 4, 5, 6}
    assert dict(_rules(home))[3] == "period_to"


def test_each_sheet_has_a_row_in_the_ledger(home: Home) -> None:
    source = workbook_bytes(
        {
            "Declaraties": [list(DECLARATION), list(DECLARATION.values())],
            "Toewijzingen": [list(ALLOCATION), list(ALLOCATION.values())],
            "Toelichting": [["Lees mij"]],
        }
    )
    ledger = _taken(home, boek=source)
    assert ledger.select("file_name", "kind", "refusal", "rows_accepted").rows() == [
        ("boek#Declaraties", "declaraties", None, 1),
        ("boek#Toelichting", "unknown", "unknown_kind", 0),
        ("boek#Toewijzingen", "toewijzingen", None, 1),
    ]
    again = _taken(home)
    assert again.equals(ledger)


def test_broken_file_stops_no_other_and_shows_no_value(home: Home) -> None:
    ledger = _taken(
        home,
        a=csv_bytes([_line("R1", bedrag="1.234")]),
        b=csv_bytes([_line("R1")]) + b"\0",
        c=csv_bytes([_line("R1")]),
    )
    assert ledger["refusal"].to_list() == ["two_readings", "nul_bytes", None]
    assert not any("999900006" in text or "1.234" in text for text in ledger["refusal_message"].drop_nulls())


def test_no_bsn_and_no_name_leave_the_inbox(home: Home) -> None:
    row = {**ALLOCATION, "geboortedatum": "02-03-2007", "verwijzer_type": "02", "verwijzer_naam": "Onbekende Huisarts"}
    _taken(home, a=csv_bytes([row]), b=csv_bytes([_line("R1")]))
    kept = b"".join(
        path.read_bytes() for path in home.root.rglob("*") if path.is_file() and home.inbox not in path.parents
    )
    for secret in (b"999900006", b"Onbekende", b"onbekende", b"2007-03-02", b"02-03-2007"):
        assert secret not in kept
    frame = pl.read_parquet(home.lake / "referral_requests" / "month=*.parquet")
    assert frame["referrer_hash"].null_count() == 0


def test_large_csv_in_batches_gives_the_same_lake(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = csv_bytes([_line(f"R{place}", bedrag=f"{place},50") for place in range(300)])
    whole = _taken(home, export=source)
    other = Home(tmp_path / "other")
    other.make()
    monkeypatch.setattr("pipelines.deliveries.flat.BATCH_ROWS", 70)
    monkeypatch.setattr("pipelines.deliveries.flat.is_large", lambda part, limits=None: True)
    monkeypatch.setattr("pipelines.deliveries.reading.size_of", lambda source: 2**27)
    batched = _taken(other, export=source)
    assert batched.drop("first_seen_at", "message_date").equals(whole.drop("first_seen_at", "message_date"))
    paths = sorted(path.relative_to(home.lake) for path in home.lake.glob("declaration_lines/month=*.parquet"))
    assert paths
    assert all((home.lake / path).read_bytes() == (other.lake / path).read_bytes() for path in paths)
