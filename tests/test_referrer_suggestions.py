"""Suggestions for unresolved referrers: from the inbox to hashes and scores, and no name outside the terminal."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipelines import ingestion, reference
from pipelines.home import Home
from pipelines.pseudonyms import Pseudonyms
from pipelines.referrers import normalise_name
from pipelines.referrers import suggestions as referrer_suggestions
from pipelines.referrers.suggestions import UnresolvedReferrer, unresolved_from_inbox, write_suggestions
from pipelines.settings import Settings
from tests.deliveries.flat.exports import ALLOCATION, csv_bytes, workbook_bytes

PSEUDONYMS = Pseudonyms(bytes(range(32)))
PRACTICES = (
    "praktijk_id;naam;agb_code;gemeentecode;ingeschreven_jeugdigen\nP1;Huisartsenpraktijk De Linde;01999001;0988;100\n"
)
PROFILES = "gemeentecode;productcode;zorgprofiel;domein;ggz_segment;geldig_vanaf;geldig_tot\n*;54002;sggz;ggz;SGGZ;;\n"
TOWNS = "gemeentecode;naam;regio;opvolger_gemeentecode;gegevens_vanaf;omzetting_op\n0988;Weert;Midden;;;\n"


def _referral(number: int, name: str, kind: str = "02") -> dict[str, str]:
    return {**ALLOCATION, "toewijzingnummer": str(number), "verwijzer_type": kind, "verwijzer_naam": name}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose inbox names one known and three unknown GPs, in a CSV, a zip and a sheet."""
    home = Home(tmp_path)
    home.make()
    _write_reference(home)
    (home.inbox / "a.csv").write_bytes(
        csv_bytes(
            [_referral(1, "De Linde, Weert"), _referral(2, "Lindde"), _referral(3, "Xyzzy"), _referral(4, "CJG", "01")]
        )
    )
    with zipfile.ZipFile(home.inbox / "b.zip", "w") as archive:
        archive.writestr("map/c.csv", csv_bytes([_referral(5, "dr. Lindde"), _referral(6, "Lindde")]))
    rows = [list(_referral(0, "")), list(_referral(7, "De Lynde").values())]
    (home.inbox / "d.xlsx").write_bytes(workbook_bytes({"Leeg": [], "Toewijzingen": rows}))
    _ingest(home)
    return home


def _write_reference(home: Home, practices: str = PRACTICES) -> None:
    for name, text in (("praktijken", practices), ("zorgprofielen", PROFILES), ("gemeenten", TOWNS)):
        (home.reference / f"{name}.csv").write_text(text, encoding="utf-8")
    reference.load(home, PSEUDONYMS)


def _ingest(home: Home) -> None:
    ingestion.ingest(home, Settings(), PSEUDONYMS)


def _suggestions(home: Home) -> dict[str, str]:
    frame = pl.read_parquet(home.lake / "referrer_suggestions.parquet")
    assert frame.schema == {"referrer_hash": pl.String, "practice_id": pl.String, "score": pl.Float64}
    return dict(frame.select("referrer_hash", "practice_id").iter_rows())


def _hash(name: str) -> str:
    return PSEUDONYMS.referrer(normalise_name(name))


@pytest.fixture
def read_again(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """The names of the files that were unpacked since the last call."""
    seen: list[str] = []
    original = referrer_suggestions.unpack

    def watched(path: Path, *more: object) -> object:
        seen.append(path.name)
        return original(path, *more)

    def take() -> list[str]:
        taken = sorted(seen)
        seen.clear()
        return taken

    monkeypatch.setattr(referrer_suggestions, "unpack", watched)
    return take


def test_operator_sees_each_unknown_gp_once_with_its_best_practice(home: Home) -> None:
    found = unresolved_from_inbox(home, PSEUDONYMS)
    assert [(one.name, one.requests, one.practice_id) for one in found] == [
        ("Lindde", 3, "P1"),
        ("De Lynde", 1, "P1"),
        ("Xyzzy", 1, None),
    ]
    assert all(isinstance(one, UnresolvedReferrer) for one in found)


def test_suggestions_hold_hashes_and_no_name(home: Home) -> None:
    assert write_suggestions(home, PSEUDONYMS) == 2
    assert _suggestions(home) == {_hash("Lindde"): "P1", _hash("De Lynde"): "P1"}
    kept = b"".join(path.read_bytes() for path in home.lake.glob("referrer_suggestions.*"))
    assert not any(name in kept for name in (b"Lindde", b"lindde", b"Xyzzy", b"xyzzy"))
    assert list(home.scratch.iterdir()) == []


def test_second_call_reads_nothing_again(home: Home, read_again: Callable[[], list[str]]) -> None:
    write_suggestions(home, PSEUDONYMS)
    assert read_again() == ["a.csv", "b.zip", "d.xlsx"]
    first = (home.lake / "referrer_suggestions.parquet").read_bytes()
    assert write_suggestions(home, PSEUDONYMS) == 2
    assert read_again() == []
    assert (home.lake / "referrer_suggestions.parquet").read_bytes() == first


def test_new_name_reads_its_own_file_alone(home: Home, read_again: Callable[[], list[str]]) -> None:
    write_suggestions(home, PSEUDONYMS)
    read_again()
    (home.inbox / "e.csv").write_bytes(csv_bytes([_referral(8, "Linda")]))
    _ingest(home)
    assert write_suggestions(home, PSEUDONYMS) == 3
    assert read_again() == ["e.csv"]


def test_changed_practices_are_compared_anew_and_a_known_name_leaves(home: Home) -> None:
    write_suggestions(home, PSEUDONYMS)
    _write_reference(home, PRACTICES + "P2;Lindde;01999002;0988;100\nP3;De Lynder;01999003;0988;100\n")
    write_suggestions(home, PSEUDONYMS)
    frame = pl.read_parquet(home.lake / "referrer_suggestions.parquet")
    assert _hash("Lindde") not in frame["referrer_hash"].to_list()
    assert frame.filter(pl.col("referrer_hash") == _hash("De Lynde"))["practice_id"][0] == "P3"


def test_file_that_left_the_inbox_is_no_error(home: Home) -> None:
    (home.inbox / "b.zip").unlink()
    (home.inbox / "a.csv").unlink()
    assert write_suggestions(home, PSEUDONYMS) == 1
    assert [one.name for one in unresolved_from_inbox(home, PSEUDONYMS)] == ["De Lynde"]


def test_home_without_deliveries_has_no_suggestions(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make()
    assert write_suggestions(home, PSEUDONYMS) == 0
    assert unresolved_from_inbox(home, PSEUDONYMS) == []
