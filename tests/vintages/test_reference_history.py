"""Versions of reference tables: kept when they differ, found by the day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.home import Home
from pipelines.pseudonyms import Pseudonyms
from pipelines.reference import load
from pipelines.reference.history import keep, version_on

ONE, OTHER = pl.DataFrame({"a": [1]}), pl.DataFrame({"a": [2]})


def test_version_that_is_the_newest_already_is_not_written_again(tmp_path: Path):
    keep(ONE, tmp_path, date(2019, 1, 1))
    keep(ONE, tmp_path, date(2019, 1, 2))

    assert [path.stem for path in tmp_path.iterdir()] == ["2019-01-01"]


def test_version_that_comes_back_is_a_version_again(tmp_path: Path):
    for day, frame in enumerate((ONE, OTHER, ONE), start=1):
        keep(frame, tmp_path, date(2019, 1, day))

    assert sorted(path.stem for path in tmp_path.iterdir()) == ["2019-01-01", "2019-01-02", "2019-01-03"]


def test_last_version_of_a_day_stays(tmp_path: Path):
    keep(ONE, tmp_path, date(2019, 1, 1))
    keep(OTHER, tmp_path, date(2019, 1, 1))

    assert pl.read_parquet(tmp_path / "2019-01-01.parquet").equals(OTHER)


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2018, 12, 31), "2019-01-10"),
        (date(2019, 1, 10), "2019-01-10"),
        (date(2019, 2, 9), "2019-01-10"),
        (date(2019, 2, 10), "2019-02-10"),
        (date(9999, 12, 31), "2019-02-10"),
    ],
)
def test_day_has_the_newest_version_loaded_by_then_else_the_earliest(tmp_path: Path, day: date, version: str):
    keep(ONE, tmp_path, date(2019, 1, 10))
    keep(OTHER, tmp_path, date(2019, 2, 10))

    found = version_on(tmp_path, day)

    assert found is not None
    assert found.stem == version


def test_table_without_versions_has_none(tmp_path: Path):
    assert version_on(tmp_path / "nothing", date(2019, 1, 1)) is None


def test_loading_keeps_every_table_that_figures_rest_on_and_no_names_of_aliases(tmp_path: Path):
    home = Home(tmp_path)
    home.make()
    (home.reference / "praktijken.csv").write_text(
        "praktijk_id,naam,agb_code,gemeentecode,ingeschreven_jeugdigen\nP1,Huisartsen De Linde,01999001,0988,10\n",
        encoding="utf-8",
    )
    (home.reference / "zorgprofielen.csv").write_text(
        "gemeentecode,productcode,zorgprofiel,domein,ggz_segment,geldig_vanaf,geldig_tot\n*,54*,sggz,ggz,SGGZ,,\n",
        encoding="utf-8",
    )

    load(home, Pseudonyms(b"k" * 32), date(2019, 1, 1))

    kept = {path.relative_to(home.reference_history).as_posix() for path in home.reference_history.glob("*/*")}
    tables = ("praktijken", "zorgprofielen", "zorgverleners", "gemeenten", "referrer_names")
    assert {f"{table}/2019-01-01.parquet" for table in tables} <= kept
    assert not any(name.startswith(("verwijzer_aliassen", "publicaties")) for name in kept)
