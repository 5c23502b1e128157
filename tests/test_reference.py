"""The deployment's own tables, from CSV to the lake."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.errors import ConfigurationError
from pipelines.home import Home
from pipelines.pseudonyms import Pseudonyms
from pipelines.reference import load
from pipelines.referrers import normalise_name
from schemas.reference import TABLES

PSEUDONYMS = Pseudonyms(b"k" * 32)
PRACTICES = (
    "praktijk_id;naam;agb_code;gemeentecode;ingeschreven_jeugdigen\n"
    "P1;Huisartsenpraktijk De Linde;01999001;0988;1000\nP2;Dokter Ypma;;0946;\n"
)
PROFILES = (
    "gemeentecode,productcode,zorgprofiel,domein,ggz_segment,geldig_vanaf,geldig_tot\n"
    "*,54002,ggz_specialistisch_basis,ggz,SGGZ,,\n0988,45*,begeleiding_jmb,overig,,2018-01-01,2020-01-01\n"
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.make()
    write(home, "praktijken", PRACTICES)
    write(home, "zorgprofielen", PROFILES)
    return home


def write(home: Home, table: str, text: str, encoding: str = "utf-8") -> None:
    (home.reference / f"{table}.csv").write_bytes(text.encode(encoding))


def read(home: Home, table: str) -> pl.DataFrame:
    return pl.read_parquet(home.lake_reference / f"{table}.parquet")


def sentence_of(home: Home) -> str:
    with pytest.raises(ConfigurationError) as error:
        load(home, PSEUDONYMS)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_every_table_is_written_with_its_columns_when_absent(home: Home) -> None:
    rows = load(home, PSEUDONYMS)

    assert (rows["praktijken"], rows["zorgprofielen"], rows["deelname"]) == (2, 2, 0)
    for table in TABLES:
        # The names of aliases stay in reference/: a hash stands in their place.
        columns = {
            "referrer_hash" if name == "naam" and table.name == "verwijzer_aliassen" else name: dtype
            for name, dtype in table.dataset.lake.items()
        }
        assert read(home, table.name).schema == pl.Schema(columns)
    assert read(home, "referrer_names").columns == ["referrer_hash", "practice_id"]


@pytest.mark.parametrize("table", ["praktijken", "zorgprofielen"])
def test_missing_required_table_is_one_sentence(home: Home, table: str) -> None:
    (home.reference / f"{table}.csv").unlink()

    assert sentence_of(home).startswith(f"reference/{table}.csv is missing; make it with the columns ")


def test_empty_first_day_means_always_and_empty_last_day_still(home: Home) -> None:
    load(home, PSEUDONYMS)

    periods = read(home, "zorgprofielen").sort("geldig_vanaf").select("geldig_vanaf", "geldig_tot").rows()
    assert periods == [(date(1900, 1, 1), None), (date(2018, 1, 1), date(2020, 1, 1))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_encodings_separators_and_headings_do_not_matter(home: Home, encoding: str, separator: str) -> None:
    text = (
        "Gemeentecode;NAAM;regio;Opvolger gemeentecode;gegevens_vanaf;omzetting_op;eigen\n0988;Wéért;x;;1-1-2018;;y\n"
    )
    write(home, "gemeenten", text.replace(";", separator), encoding)

    load(home, PSEUDONYMS)

    assert read(home, "gemeenten").rows() == [("0988", "Wéért", "x", None, date(2018, 1, 1), None)]


def test_codes_get_their_zeros_back(home: Home) -> None:
    write(home, "zorgverleners", "zorgverlener_agb;praktijk_id;van;tot\n1999002;P1;;\n")
    write(home, "gemeenten", "gemeentecode;naam;regio;opvolger_gemeentecode;gegevens_vanaf;omzetting_op\n384;;;988;;\n")

    load(home, PSEUDONYMS)

    assert read(home, "zorgverleners")["zorgverlener_agb"].to_list() == ["01999002"]
    assert read(home, "gemeenten").select("gemeentecode", "opvolger_gemeentecode").rows() == [("0384", "0988")]


@pytest.mark.parametrize(
    ("text", "amount"), [("1234.5", "1234.50"), ("1234,50", "1234.50"), ("€ 1.234,50", "1234.50"), ("-12", "-12.00")]
)
def test_amounts_are_read_in_dutch_and_english(home: Home, text: str, amount: str) -> None:
    write(home, "doelen", f"gemeentecode;programma;doel;bedrag_per_jaar\n0988;POH;minder;{text}\n")

    load(home, PSEUDONYMS)

    assert read(home, "doelen")["bedrag_per_jaar"].to_list() == [Decimal(amount)]


@pytest.mark.parametrize(
    ("table", "text", "sentence"),
    [
        (
            "doelen",
            "gemeentecode;programma;doel;bedrag_per_jaar\n0988;POH;x;1.234\n",
            "line 2, column 'bedrag_per_jaar'",
        ),
        ("deelname", "praktijk_id;programma;van;tot\nP1;POH;2019-02-30;\n", "line 2, column 'van'"),
        ("deelname", "praktijk_id;programma;van;tot\nP9;POH;;\n", "line 2, column 'praktijk_id'"),
        ("deelname", "praktijk_id;programma;van;tot\nP1;POH;;\n\nP1;POH;;\n", "line 4, column 'praktijk_id, programma"),
        ("deelname", "praktijk_id;programma;van;tot\nP1;POH;2020-01-01;2020-01-01\n", "rule date_order"),
        ("deelname", "praktijk_id;programma;van\nP1;POH;\n", "column 'tot' is missing"),
        ("deelname", "praktijk_id;programma;van;tot;tot\nP1;POH;;;\n", "column 'tot' occurs twice"),
        ("deelname", "praktijk_id;programma;van;tot\nP1;POH;;;x\n", "5 values in 4 columns"),
        ("deelname", "", "the file is empty"),
        ("praktijken", PRACTICES.replace("01999001", "1999"), "all good"),
        ("praktijken", PRACTICES.replace("01999001", "x1999001"), "rule not_digits"),
        ("praktijken", PRACTICES.replace("P2", "P1"), "rule duplicate_key"),
        ("praktijken", PRACTICES.replace("P2", "unattributed"), "rule reserved"),
        ("zorgprofielen", PROFILES.replace("45*", "4*5"), "rule misplaced_star"),
        ("zorgprofielen", PROFILES.replace("SGGZ", "GGZ"), "rule not_in_code_list"),
        ("trajectprijzen", "programma;periode_id;scenario;bedrag_per_traject;aandeel_bggz\nP;x;y;1;1,5", "not_a_share"),
    ],
)
def test_broken_row_stops_with_file_line_column_and_rule(home: Home, table: str, text: str, sentence: str) -> None:
    write(home, table, text)
    if sentence == "all good":
        assert load(home, PSEUDONYMS)[table] == 2
        return

    told = sentence_of(home)

    assert told.startswith(f"reference/{table}.csv")
    assert sentence in told


def test_names_of_practices_and_aliases_are_hashed(home: Home) -> None:
    write(home, "verwijzer_aliassen", "naam;praktijk_id\nDe oude Eik;P2\n")

    load(home, PSEUDONYMS)

    names = dict(read(home, "referrer_names").rows())
    for name, practice in (("de linde", "P1"), ("De Oude Eik", "P2"), ("P1", "P1")):
        assert names[PSEUDONYMS.referrer(normalise_name(name))] == practice
    assert not any(b"linde" in path.read_bytes().lower() for path in home.lake_reference.glob("referrer_names*"))


def test_broken_table_leaves_the_tables_as_they_were(home: Home) -> None:
    load(home, PSEUDONYMS)
    before = {path.name: path.read_bytes() for path in home.lake_reference.iterdir()}
    write(home, "praktijken", PRACTICES + "P3;Nieuw;;0988;\n")
    write(home, "deelname", "")

    sentence_of(home)

    assert {path.name: path.read_bytes() for path in home.lake_reference.iterdir()} == before
