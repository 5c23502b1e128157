"""Names of files: what is about a person becomes a token, and everything else stays what people call it."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest

from pipelines import lake
from pipelines.home import Home
from pipelines.privacy.names import find_in_inbox, masked, moved_names, pieces, same_name, shown_as
from pipelines.privacy.recognition import personal_pieces
from pipelines.pseudonyms import Pseudonyms
from pipelines.terminal.summary import RefusedFile, under_true_names
from tests.cases.deployment import GIRL, allocation, january, line
from tests.deliveries.flat.exports import ALLOCATION, csv_bytes, workbook_bytes
from tests.privacy.homes import AGB, home_with, key_of, take_in

PSEUDONYMS = Pseudonyms(b"k" * 32)
MESSAGE = allocation(AGB, "T000000001", 1)
BORN = GIRL.birth_date

KEPT = [
    "JW301_0988_94999001_T001802220.xml",
    "exchange/2017-09.zip",
    "files/truncated.xml",
    "Declaraties Weert maart 2019.csv",
    "Toewijzingen_2025-12-20.xml",
    "levering-20251220-0001.xml",
    "T000000001.xml",
    "a.xml",
    "01.csv",
    "JW301.zip",
    "2019-03-31_1.xml",
]


def name_in_ledger(home: Home) -> list[str]:
    return sorted(lake.read_ledger(home)["file_name"])


@pytest.mark.parametrize("name", KEPT)
def test_name_without_a_person_stays(tmp_path: Path, name: str) -> None:
    xml = MESSAGE.replace(b"T000000001", b"T001802220") if "T0018" in name else MESSAGE
    home = home_with(tmp_path / "home", {name: xml})

    assert name_in_ledger(home) == [name]


MASKED = [
    "999900006.xml",
    "9999.00.006.xml",
    "x_999 900 006_y.xml",
    "123456789.xml",
    "bsn999900007.xml",
    "demokind.xml",
    "Demokind, D.xml",
    "DEMOKIND/a.xml",
    "MapVanDemokind.xml",
    "Janssens.xml",
    f"{BORN:%d-%m-%Y}.xml",
    f"{BORN:%Y%m%d}_toewijzing.xml",
    f"{BORN:%d%m%Y}.xml",
    f"kind {BORN.isoformat()}.xml",
]


@pytest.mark.parametrize("name", MASKED)
def test_name_with_a_person_gets_a_token_and_is_found_again(tmp_path: Path, name: str) -> None:
    home = home_with(tmp_path / "home", {name: MESSAGE})

    (shown,) = name_in_ledger(home)
    assert "~" in shown
    for secret in ("999900006", "9999.00.006", "999 900 006", "demokind", "janssens", f"{BORN:%d-%m-%Y}"):
        assert secret not in shown.lower()
    assert find_in_inbox(home.inbox, shown, key_of(home)) == home.inbox / name
    assert take_in(home).files_new == 0


def test_forget_by_the_true_name_finds_the_delivery_also_when_the_file_is_gone(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", {"Demokind 999900006.xml": MESSAGE, "other.xml": january(AGB, "D1", line("A"))})
    (home.inbox / "Demokind 999900006.xml").unlink()

    gone = lake.forget(home, "Demokind 999900006.xml", key_of(home))

    assert len(gone.file_names) == 1
    assert name_in_ledger(home) == ["other.xml"]
    assert lake.read_index(home)["file_name"].to_list() == ["other.xml"]


def test_workbook_sheet_and_csv_with_a_person_in_their_name_get_a_token(tmp_path: Path) -> None:
    row = {**ALLOCATION, "geboortedatum": "2009-11-23", "toewijzingsdatum": "2024-01-02", "roepnaam": "vlinderstruik"}
    sheets = {"vlinderstruik": [list(row), list(row.values())], "blad2": [["a"], ["b"]]}
    files = {
        "vlinderstruik.csv": csv_bytes([{**row, "toewijzingnummer": "3"}]),
        "23-11-2009 en 2024-01-02.csv": csv_bytes([{**row, "toewijzingnummer": "4"}]),
        "boek.xlsx": workbook_bytes(sheets),
    }
    home = home_with(tmp_path / "home", files)

    names = name_in_ledger(home)
    assert not any("vlinderstruik" in name or "23-11-2009" in name for name in names)
    assert [name for name in names if "2024-01-02" in name and name.startswith("~")]
    assert "boek.xlsx#blad2" in names


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_word_is_found_in_any_encoding_and_case(encoding: str) -> None:
    data = "<a><Naam>VÉLDQWIST</Naam></a>".lower().encode(encoding)

    assert personal_pieces(data, ["Véldqwist"]) == {"Véldqwist"}


def test_word_of_the_markup_or_inside_another_word_is_no_person() -> None:
    data = b"<jw301:Client><ijw:Naam x='vos'>Devos Vosse</ijw:Naam></jw301:Client>"

    assert personal_pieces(data, ["client", "naam", "vos"]) == set()


def test_word_across_two_blocks_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.privacy.recognition._BLOCK_BYTES", 64)
    path = tmp_path / "large.csv"
    path.write_bytes(b"x;" * 30 + b"vlinderstruik;" + b"y;" * 500)

    assert personal_pieces(path, ["vlinderstruik"]) == {"vlinderstruik"}


def test_token_hides_the_piece_and_differs_per_key() -> None:
    shown = masked("Jansen_1.xml", lambda piece: piece == "Jansen", PSEUDONYMS)
    other = masked("Jansen_1.xml", lambda piece: piece == "Jansen", Pseudonyms(b"l" * 32))

    assert shown != other
    assert same_name(shown, "Jansen_1.xml", PSEUDONYMS)
    assert not same_name(shown, "Pietersen_1.xml", PSEUDONYMS)
    assert not same_name(shown, "Jansen_2.xml", PSEUDONYMS)


def test_names_after_a_rotation_are_those_that_the_longer_key_makes() -> None:
    longer = Pseudonyms(b"k" * 32, b"n" * 32)
    names = pl.Series(["a.xml", masked("Jansen 2.xml", lambda piece: piece == "Jansen", PSEUDONYMS), None])

    moved = moved_names(names, longer)

    assert moved.to_list() == ["a.xml", masked("Jansen 2.xml", lambda piece: piece == "Jansen", longer), None]


def test_typed_name_is_shown_as_the_ledger_does() -> None:
    known = [masked("map/Jansen.xlsx#Blad1", lambda piece: piece == "Jansen", PSEUDONYMS), "Jansen.xml"]

    assert shown_as("map/Jansen.xlsx", known, PSEUDONYMS) == known[0].removesuffix("#Blad1")
    assert shown_as("Jansen.xml", known, PSEUDONYMS) == "Jansen.xml"


def test_pieces_are_what_may_be_about_a_person() -> None:
    assert set(pieces("JW301 export/van der Vos_12.xlsx")) == {"Vos"}
    assert set(pieces("JansenPiet-20091123-1.xml")) == {"JansenPiet", "Jansen", "Piet", "20091123"}


def test_broken_zip_is_searched_as_it_is() -> None:
    data = io.BytesIO(b"PK\x03\x04 nothing, vlinderstruik").getvalue()

    assert personal_pieces(data, ["vlinderstruik"]) == {"vlinderstruik"}


def test_refused_file_is_shown_under_its_true_name_on_a_terminal(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", {"Demokind.xml": b"<Brief>Demokind</Brief>"})
    (shown,) = name_in_ledger(home)
    refused = RefusedFile(shown, None, "unknown_kind", "No.")

    assert [file.file_name for file in under_true_names(home, [refused], key_of(home))] == ["Demokind.xml"]
