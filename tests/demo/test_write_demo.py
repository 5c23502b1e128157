"""Writing the demo: the same bytes each time, every container, valid messages, and never over somebody's own files."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from stdnum.nl import bsn as bsn_number

from demo import OwnFilesPresentError, write_demo
from tests.demo import xsd


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


def snapshot(home: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(home).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }


def messages(home: Path) -> dict[str, bytes]:
    """Every message below the inbox, out of its containers, by a name that says where it lay."""
    found: dict[str, bytes] = {}
    for path in sorted((home / "inbox").rglob("*.*")):
        if path.parent.name == "poh":
            continue
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                found |= {f"{path.name}/{name}": archive.read(name) for name in archive.namelist()}
        elif path.suffix == ".gz":
            found[path.name] = gzip.decompress(path.read_bytes())
        elif path.is_file():
            found[path.relative_to(home).as_posix()] = path.read_bytes()
    return {name: _unwrapped(xml) for name, xml in found.items()}


def _unwrapped(xml: bytes) -> bytes:
    if b"xmlBestand" not in xml:
        return xml
    return base64.b64decode(etree.fromstring(xml).findtext(".//{*}xmlBestand"))


def test_two_writes_give_the_same_bytes_and_times(home: Path, tmp_path: Path) -> None:
    # another process: neither a cache nor the order of hashes may decide
    code = "import sys, pathlib, demo; demo.write_demo(pathlib.Path(sys.argv[1]))"
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, cwd=root)
    assert snapshot(tmp_path) == snapshot(home)


def test_a_second_write_changes_nothing(home: Path) -> None:
    before = snapshot(home)
    assert write_demo(home).written == 0
    assert snapshot(home) == before


def test_a_missing_file_is_written_again(tmp_path: Path) -> None:
    write_demo(tmp_path)
    gone = tmp_path / "inbox" / "exchange" / "2018-03.zip"
    content = gone.read_bytes()
    gone.unlink()
    (gone.parent / ".2018-03.zip.part").write_bytes(b"left over from a killed call")
    assert write_demo(tmp_path).written == 1
    assert gone.read_bytes() == content


@pytest.mark.parametrize(
    "own", ["inbox/mine.xml", "inbox/exchange/2018-03.zip", "reference/praktijken.csv", "reference/doelen.csv"]
)
def test_somebodys_own_file_leaves_everything_alone(tmp_path: Path, own: str) -> None:
    path = tmp_path / own
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    with pytest.raises(OwnFilesPresentError) as raised:
        write_demo(tmp_path)
    assert raised.value.paths == (own,)
    assert snapshot(tmp_path).keys() == {own}
    assert path.read_text() == "mine"


def test_every_message_is_valid_against_the_official_schema(home: Path) -> None:
    xsd.require_schemas()
    seen: dict[str, int] = {}
    for name, xml in messages(home).items():
        kind = etree.QName(etree.fromstring(xml)).localname and name.rsplit("/", 1)[-1][:5]
        seen[kind] = seen.get(kind, 0) + 1
        release = "2.3" if b"/ijw/2_3/" in xml else "3.0"
        assert not xsd.violations(xml, kind, release), name
    assert seen.keys() == {"JW301", "JW303", "JW304", "JW305", "JW307", "JW315", "JW323", "JW325"}


def test_each_form_of_container_occurs_and_the_demo_stays_small(home: Path) -> None:
    paths = [path for path in (home / "inbox").rglob("*") if path.is_file()]
    names = [path.relative_to(home / "inbox").as_posix() for path in paths]
    assert {"zip", "gz", "xml", "csv", "xlsx"} == {name.rsplit(".", 1)[-1] for name in names}
    assert any(b"envelopHeenbericht" in path.read_bytes() for path in paths)
    with zipfile.ZipFile(home / "inbox" / "exchange" / "2019-05.zip") as archive:
        assert sum(b"envelopHeenbericht" in archive.read(name) for name in archive.namelist()) == 1
    assert len(messages(home)) < 4_000
    assert sum(path.stat().st_size for path in paths) < 30_000_000


def test_exactly_one_message_is_delivered_twice(home: Path) -> None:
    contents = list(messages(home).values())
    assert len(contents) == len(set(contents)) + 1


def test_every_bsn_is_of_the_test_range_and_passes_the_check(home: Path) -> None:
    found = {e.text for xml in messages(home).values() for e in etree.fromstring(xml).iter("{*}Bsn")}
    assert len(found) > 200
    assert all(bsn_number.is_valid(text) and 999900006 <= int(text) <= 999999990 for text in found)


def test_every_code_is_the_demos_own(home: Path) -> None:
    roots = [etree.fromstring(xml) for xml in messages(home).values()]
    agb = {e.text for root in roots for tag in ("Aanbieder", "Afzender", "Ontvanger") for e in root.iter(f"{{*}}{tag}")}
    assert all(code in {"0988", "0946", "1640", "0402"} or code.startswith("94999") for code in agb)
    names = {e.text for root in roots for e in root.iter("{*}Achternaam")}
    assert all(name.startswith("Demokind ") for name in names)


def test_the_reference_tables_have_the_columns_of_the_contract(home: Path) -> None:
    tables = {path.stem: path.read_text(encoding="utf-8") for path in (home / "reference").glob("*.csv")}
    headers = {name: text.splitlines()[0] for name, text in tables.items()}
    assert headers == {
        "praktijken": "praktijk_id,naam,agb_code,gemeentecode,ingeschreven_jeugdigen",
        "zorgprofielen": "gemeentecode,productcode,zorgprofiel,domein,ggz_segment,geldig_vanaf,geldig_tot",
        "zorgverleners": "zorgverlener_agb,praktijk_id,van,tot",
        "verwijzer_aliassen": "naam,praktijk_id",
        "deelname": "praktijk_id,programma,van,tot",
        "gemeenten": "gemeentecode,naam,regio,opvolger_gemeentecode,gegevens_vanaf,omzetting_op",
        "rapportageperioden": "periode_id,label,van,tot",
        "programmakosten": "programma,gemeentecode,soort,van,tot,bedrag",
        "trajectprijzen": "programma,periode_id,scenario,bedrag_per_traject,aandeel_bggz",
        "doelen": "gemeentecode,programma,doel,bedrag_per_jaar",
        "publicaties": "naam,peildatum",
    }
    practices = [row["praktijk_id"] for row in csv.DictReader(io.StringIO(tables["praktijken"]))]
    assert practices[0] == "stramproy"
    assert len(practices) == len(set(practices)) == 36


def test_deliveries_are_readable_by_their_owner_only(home: Path) -> None:
    modes = {path.stat().st_mode & 0o777 for path in (home / "inbox").rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert os.access(home / "inbox", os.R_OK)
