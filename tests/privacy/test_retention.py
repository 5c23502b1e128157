"""How long the lake keeps: whole months go, the newest message is the clock, and nothing comes back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines import lake
from pipelines.home import Home
from pipelines.privacy import pending
from pipelines.privacy.retention import expire, keep_from
from pipelines.terminal import expired_lines
from schemas.datasets import DATASETS
from tests.deliveries.flat.exports import ALLOCATION, DECLARATION, csv_bytes
from tests.privacy.homes import deliveries, held_and_counted, home_with, rows, take_in

TODAY = date(2026, 3, 15)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_with(tmp_path / "home", deliveries())


def months(home: Home) -> set[str]:
    return {path.stem.removeprefix("month=") for name in DATASETS for path in (home.lake / name).glob("month=*")}


def test_without_the_setting_everything_is_kept(home: Home) -> None:
    before = months(home)

    with lake.locked(home):
        expired = expire(home, None, TODAY)

    assert (dict(expired.months), expired.rows, expired.keep_from) == ({}, 0, None)
    assert months(home) == before
    assert not pending.is_loss_meant(home)


def test_older_months_go_and_are_listed(home: Home) -> None:
    old = {month for month in months(home) if month < "2024-02"}
    lines = rows(home, "declaration_lines")
    assert old

    report = take_in(home, keep_years=2)

    assert months(home) == {month for month in months(home) if month >= "2024-02"}
    assert {name.split()[1] for name in report.months_expired} == old
    assert "declaration_lines 2019-03" in report.months_expired
    assert rows(home, "declaration_lines").equals(lines.filter(pl.col("period_from") >= date(2024, 2, 1)))
    assert pending.is_loss_meant(home)
    assert not pending.must_end_earlier(home)
    held, accepted = held_and_counted(home)
    assert held.equals(accepted)
    cents = pl.read_parquet(home.lake / "removed.parquet")["cents_removed"].sum()
    assert cents == lines["amount_cents"].sum() - rows(home, "declaration_lines")["amount_cents"].sum()


def test_the_same_night_again_takes_nothing_away(home: Home) -> None:
    take_in(home, keep_years=2)

    assert take_in(home, keep_years=2).months_expired == ()


def test_old_file_that_is_read_again_does_not_come_back(home: Home) -> None:
    take_in(home, keep_years=2)
    kept, (held, _) = months(home), held_and_counted(home)
    lake.forget(home, "b/lines.csv")

    report = take_in(home, keep_years=2)

    assert report.months_expired == ("declaration_lines 2019-03",)
    assert months(home) == kept
    assert held_and_counted(home)[0].sort("file_sha256").equals(held.sort("file_sha256"))


def test_old_lines_delivered_for_the_first_time_are_counted_as_removed(home: Home) -> None:
    take_in(home, keep_years=2)
    late = csv_bytes([{**DECLARATION, "referentienummer": "R9", "begindatum": "2020-01-01", "einddatum": "2020-01-31"}])
    (home.inbox / "late.csv").write_bytes(late)

    report = take_in(home, keep_years=2)

    assert report.rows_accepted == 1
    assert report.rows_expired == 1
    held, accepted = held_and_counted(home)
    assert held.equals(accepted)


def test_row_of_an_export_counts_once_when_its_parts_go_in_different_years(tmp_path: Path) -> None:
    # The allocation is known since 2019; the stop, which has no date of its own, since the export.
    row = {**ALLOCATION, "toewijzingsdatum": "2019-01-02", "verwijzer_type": "02", "verwijzer_naam": "Dr. Onbekend"}
    row |= {"startdatum_zorg": "2019-01-07", "stopdatum_zorg": "2024-02-01"}
    new = {**row, "toewijzingnummer": "2", "toewijzingsdatum": "2026-01-02"}
    home = home_with(tmp_path / "home", {"ordered.csv": csv_bytes([row, new])})

    for years in (5, 1):
        take_in(home, keep_years=years)
        held, accepted = held_and_counted(home)
        assert held.equals(accepted), years


def test_message_dated_in_the_future_does_not_move_the_end(home: Home) -> None:
    ledger = lake.read_ledger(home).with_columns(message_date=pl.lit(date(2199, 1, 1)))
    ledger.write_parquet(home.lake / "ledger.parquet")

    assert keep_from(home, 7, TODAY) == "2019-03"


def test_empty_lake_keeps_what_it_has(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()

    assert take_in(home, keep_years=1).months_expired == ()


def test_last_screen_lists_what_went(home: Home) -> None:
    assert expired_lines(take_in(home)) == []

    (line,) = expired_lines(take_in(home, keep_years=2))

    assert "declaration_lines 2019-03" in line
