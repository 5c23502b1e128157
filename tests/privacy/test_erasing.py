"""One child out of the lake: every row, and no row of another child."""

from __future__ import annotations

import base64
import gzip
import io
import shutil
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from demo.messages import Client, envelope
from pipelines import lake
from pipelines.errors import ConfigurationError
from pipelines.home import Home
from pipelines.privacy import pending
from pipelines.privacy.erasing import checked_bsn, erase, files_naming, lift
from pipelines.privacy.rekeying import rekey
from schemas.datasets import DATASETS
from tests.cases.deployment import BOY, GIRL, allocation, january, line, zipped
from tests.deliveries.flat.exports import DECLARATION, csv_bytes, workbook_bytes
from tests.privacy.homes import AGB, contents, deliveries, held_and_counted, home_with, key_of, rows, take_in

TODAY = date(2026, 3, 1)
CLIENT_TABLES = [name for name, dataset in DATASETS.items() if "client_key" in dataset.lake]


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with every dataset; tests copy it."""
    return home_with(tmp_path_factory.mktemp("erasing") / "home", deliveries())


@pytest.fixture
def home(taken_in: Home, tmp_path: Path) -> Home:
    shutil.copytree(taken_in.root, tmp_path / "home")
    return Home(tmp_path / "home")


def test_erased_child_is_in_no_dataset_and_the_other_child_in_all_it_was(home: Home) -> None:
    girl = key_of(home).client(GIRL.bsn)
    before = {name: rows(home, name) for name in DATASETS}
    assert all(girl in set(before[name]["client_key"]) for name in CLIENT_TABLES if name != "care_events")

    done = erase(home, key_of(home), GIRL.bsn, TODAY)

    for name, frame in before.items():
        is_hers = pl.col("client_key") == girl if "client_key" in frame.columns else pl.lit(value=False)
        assert rows(home, name).equals(frame.filter(~is_hers.fill_null(value=False))), name
        assert done.rows.get(name, 0) == frame.filter(is_hers).height, name
    assert girl.encode() not in b"".join(data for name, data in contents(home).items() if "erased" not in name)
    assert done.cents == 10_000 + 10_000
    held, accepted = held_and_counted(home)
    assert held.equals(accepted)


def test_findings_about_erased_rows_go(home: Home) -> None:
    place = rows(home, "declaration_lines").filter(pl.col("client_key") == key_of(home).client(GIRL.bsn)).row(0)[:2]
    finding = {"file_sha256": place[0], "row_number": place[1], "finding": "a_finding", "reference": "A1", "cents": 0}
    known = pl.read_parquet(home.lake / "findings.parquet")
    pl.concat([known, pl.DataFrame([finding], schema=known.schema)]).write_parquet(home.lake / "findings.parquet")

    done = erase(home, key_of(home), GIRL.bsn, TODAY)

    assert done.rows["findings"] == 1
    assert pl.read_parquet(home.lake / "findings.parquet").height == known.height


def test_erased_child_stays_out_of_what_is_delivered_later(home: Home) -> None:
    erase(home, key_of(home), GIRL.bsn, TODAY)
    later = january(AGB, "D2", line("B1", 500), line("B2", 700, client=BOY, number=2))
    (home.inbox / "later.xml").write_bytes(later)

    report = take_in(home)

    assert report.rows_accepted == 2
    assert set(rows(home, "declaration_lines").filter(pl.col("line_reference").str.starts_with("B"))["client_key"]) == {
        key_of(home).client(BOY.bsn)
    }
    held, accepted = held_and_counted(home)
    assert held.equals(accepted)


def test_erased_child_stays_out_when_old_files_are_read_again_in_a_lake_made_anew(home: Home) -> None:
    erase(home, key_of(home), GIRL.bsn, TODAY)
    for name in ("a/declaration.xml", "b/ordered.csv", "b/poh.csv"):
        lake.forget(home, name)

    take_in(home)

    for name in CLIENT_TABLES:
        assert key_of(home).client(GIRL.bsn) not in set(rows(home, name)["client_key"]), name
    held, accepted = held_and_counted(home)
    assert held.equals(accepted)


def test_erased_child_stays_out_after_a_rotation_of_the_key(home: Home) -> None:
    erase(home, key_of(home), GIRL.bsn, TODAY)
    rekey(home, {})
    (home.inbox / "later.xml").write_bytes(allocation(AGB, "T2", 7))

    take_in(home)

    assert key_of(home).client(GIRL.bsn) not in set(rows(home, "allocations")["client_key"])


def test_lifted_child_comes_in_again_with_what_is_delivered_from_then_on(home: Home) -> None:
    erase(home, key_of(home), GIRL.bsn, TODAY)

    assert lift(home, key_of(home), GIRL.bsn)
    assert not lift(home, key_of(home), GIRL.bsn)
    (home.inbox / "later.xml").write_bytes(allocation(AGB, "T2", 7))
    take_in(home)

    assert rows(home, "allocations")["client_key"].to_list().count(key_of(home).client(GIRL.bsn)) == 1


def test_erasing_twice_or_an_unknown_child_changes_nothing_more(home: Home) -> None:
    erase(home, key_of(home), GIRL.bsn, TODAY)
    before = contents(home)

    again = erase(home, key_of(home), GIRL.bsn, TODAY)
    unknown = erase(home, key_of(home), "123456782", TODAY)

    assert (again.was_known, dict(again.rows), again.cents) == (True, {}, 0)
    assert (unknown.was_known, unknown.deliveries) == (False, 0)
    assert {name for name, data in contents(home).items() if before.get(name) != data} == {"lake/erased.parquet"}


def test_erasure_takes_figures_of_earlier_nights_along_and_ends_earlier_publications(home: Home) -> None:
    kept = [home.vintages / "a.parquet", home.dbt / "estimates" / "b.parquet", home.candidate]
    kept.append(home.dbt / "built_from.json")
    for path in kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    erase(home, key_of(home), GIRL.bsn, TODAY)

    assert not any(path.exists() for path in kept)
    assert pending.is_loss_meant(home)
    assert pending.must_end_earlier(home)


@pytest.mark.parametrize("text", ["999900006\n", " 9999.00.006", "999 900 006", "999-900-006"])
def test_number_is_read_as_people_write_it(text: str) -> None:
    assert checked_bsn(text) == "999900006"


def test_leading_zeros_may_be_left_out() -> None:
    assert checked_bsn("10000008") == "010000008"


@pytest.mark.parametrize("text", ["", "999900007", "99990000", "9999000060", "abc", "99990000६"])
def test_number_that_is_none_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        checked_bsn(text)

    assert not text or text not in str(refusal.value)


BSN, SHORT = "010000008", "10000008"


def _in_every_way(client: Client) -> dict[str, bytes]:
    xml = january(AGB, "D9", line("Z1", client=client))
    flat = csv_bytes([{**DECLARATION, "bsn": SHORT}])
    workbook = workbook_bytes({"Blad": [list(DECLARATION), list({**DECLARATION, "bsn": SHORT}.values())]})
    nested = io.BytesIO()
    with zipfile.ZipFile(nested, "w") as archive:
        archive.writestr("in.zip", zipped(a__xml=xml))
    return {
        "message.xml": xml,
        "in.zip": zipped(a__xml=xml),
        "nested.zip": nested.getvalue(),
        "in.xml.gz": gzip.compress(xml),
        "envelope.xml": envelope(xml),
        "without_zeros.csv": flat,
        "workbook.xlsx": workbook,
        "letter.txt": "Burgerservicenummer 0100.00.008".encode("utf-16"),
        "broken.xml": xml[:-40],
        f"{BSN}.csv": csv_bytes([DECLARATION]),
    }


def test_inbox_files_with_the_number_are_listed_however_it_is_packed_and_written(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    files = _in_every_way(Client(BSN))
    for name, content in files.items():
        (home.inbox / name).write_bytes(content)
    others = {
        "another.xml": january(AGB, "D9", line("Z1")),
        "longer.csv": csv_bytes([{**DECLARATION, "referentienummer": f"1{SHORT}5"}]),
        "other.gz": gzip.compress(base64.b64encode(b"nothing")),
    }
    for name, content in others.items():
        (home.inbox / name).write_bytes(content)

    found = files_naming(home, BSN)

    assert set(found) == set(files)
    assert list(home.scratch.iterdir()) == []
