"""The published files: the same bytes from the same figures, types, words, and texts that stay texts."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import fastexcel
import polars as pl
import pytest

from pipelines.home import Home
from pipelines.publication import publish, staging, workbook
from pipelines.publication.describing import Column, describe_columns, label_of
from pipelines.publication.manifest import figures_digest
from tests.publication.homes import MASK, audited_candidate, build_candidate, protected_tables

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A candidate with its published files. Read only."""
    home = Home(tmp_path_factory.mktemp("exports"))
    home.make()
    audited_candidate(home, 1)
    return home


@pytest.fixture
def published(staged: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(staged.staged / "jeugdspiegel.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def book(staged: Home) -> Path:
    return staged.staged / "xlsx" / "jeugdspiegel.xlsx"


def test_same_figures_in_another_order_give_the_same_bytes(staged: Home, home: Home) -> None:
    """Parquet and workbook; a DuckDB file is never twice the same."""
    build_candidate(home, 1)
    shuffled = {name: frame.sample(fraction=1, shuffle=True, seed=4) for name, frame in protected_tables(home).items()}
    staging.stage(home, dict(reversed(shuffled.items())), MASK)

    for path in sorted(staged.staged.rglob("*")):
        if path.is_file() and path.suffix != ".duckdb":
            assert (home.staged / path.relative_to(staged.staged)).read_bytes() == path.read_bytes(), path.name
    assert figures_digest(home.staged) == figures_digest(staged.staged)


def test_other_figures_give_another_digest(staged: Home, home: Home) -> None:
    audited_candidate(home, 2)

    assert figures_digest(home.staged) != figures_digest(staged.staged)


def test_duckdb_and_parquet_hold_the_same_rows_with_the_same_types(
    staged: Home, published: duckdb.DuckDBPyConnection
) -> None:
    for file in sorted((staged.staged / "parquet").glob("*.parquet")):
        frame = pl.read_parquet(file)
        table = published.execute(f'select * from marts."{file.stem}"').pl()
        assert table.schema == frame.schema
        assert table.equals(frame)
    (type_of_cost,) = published.execute("select typeof(cost_eur) from marts.practice_years limit 1").fetchone() or ()
    assert type_of_cost == "DECIMAL(18,2)"


def test_suppressed_measures_are_null_and_the_row_says_so(published: duckdb.DuckDBPyConnection) -> None:
    hidden = published.execute("select practice_id, clients, cost_eur from marts.practice_years where is_suppressed")

    assert hidden.fetchall() == [("P1", None, None)]


def test_comments_are_those_of_the_warehouse(published: duckdb.DuckDBPyConnection) -> None:
    table = published.execute("select comment from duckdb_tables() where table_name = 'practice_years'").fetchone()
    column = published.execute("select comment from duckdb_columns() where column_name = 'cost_eur'").fetchone()

    assert table == ("One row per practice and year. (Praktijken per jaar.)",)
    assert column == ("Kosten in euro: som van de regels.",)


def test_published_duckdb_is_in_a_format_that_older_clients_read(published: duckdb.DuckDBPyConnection) -> None:
    tags = published.execute("select tags from duckdb_databases() where not internal").fetchone()

    assert tags is not None
    assert tags[0]["storage_version"].startswith("v1.2.0")


def test_duckdb_1_4_opens_what_is_published(staged: Home, tmp_path: Path) -> None:
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(__file__).parents[2] / ".tools" / "bin"))
    if uv is None:
        pytest.skip("uv is not installed: there is nothing to get an older DuckDB with")
    environment = tmp_path / "older"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(environment)], check=True, timeout=120)
    python = environment / "bin" / "python"
    got = subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", str(python), "duckdb==1.4.*"],
        check=False,
        timeout=300,
        capture_output=True,
    )
    if got.returncode:
        pytest.skip("the package registry does not give DuckDB 1.4")
    query = (
        "import sys, duckdb\n"
        "connection = duckdb.connect(sys.argv[1], read_only=True)\n"
        "print(duckdb.__version__, connection.execute('select count(*) from marts.practice_years').fetchone()[0])\n"
    )

    seen = subprocess.run(
        [str(python), "-c", query, str(staged.staged / "jeugdspiegel.duckdb")],
        check=True,
        timeout=60,
        capture_output=True,
        text=True,
    ).stdout.split()

    assert seen[0].startswith("1.4.")
    assert seen[1] == "5"


def _cells(book: Path, sheet: str) -> Iterator[tuple[str, str | None, bool, str | None]]:
    """Reference, type, whether it has a formula, and the text of each cell, as the file itself says."""
    with zipfile.ZipFile(book) as archive:
        listed = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{_SHEET}sheet")
        number = next(place for place, one in enumerate(listed, start=1) if one.get("name") == sheet)
        tree = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
    for cell in tree.iter(f"{_SHEET}c"):
        text = "".join(cell.itertext())
        yield cell.get("r", ""), cell.get("t"), cell.find(f"{_SHEET}f") is not None, text


def test_text_that_begins_like_a_formula_stays_a_text(book: Path) -> None:
    cells = {text: (kind, has_formula) for _, kind, has_formula, text in _cells(book, "texts")}

    for text in ("=1+1", "+31 475", "-", "@home", "https://example.org", "12"):
        assert cells[text] == ("inlineStr", False)
    with zipfile.ZipFile(book) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                assert b"<f>" not in archive.read(name)


def test_workbook_has_a_reader_s_guide_the_columns_and_a_sheet_per_table(book: Path) -> None:
    assert fastexcel.read_excel(book).sheet_names == [
        "Leeswijzer",
        "Kolommen",
        "practice_years",
        "referral_trend",
        "texts",
    ]


def test_columns_of_the_workbook_are_typed(book: Path) -> None:
    rows = fastexcel.read_excel(book).load_sheet("texts", header_row=1).to_polars()

    assert rows.schema["share"] == pl.Float64
    assert rows.get_column("amount_eur").drop_nulls().sort().to_list()[-1] == 0.10
    assert rows.get_column("day").drop_nulls().cast(pl.Date).min() == date(2019, 1, 31)


def test_sheet_has_dutch_labels_above_frozen_names_with_a_filter(book: Path) -> None:
    with zipfile.ZipFile(book) as archive:
        sheet = archive.read("xl/worksheets/sheet3.xml").decode()
    cells = {reference: text for reference, _, _, text in _cells(book, "practice_years")}

    assert (cells["B1"], cells["B2"]) == ("Praktijk die verwees", "practice_id")
    assert (cells["F1"], cells["F2"]) == ("Kosten in euro", "cost_eur")
    assert 'state="frozen"' in sheet
    assert 'ySplit="2"' in sheet
    assert '<autoFilter ref="A2:I7"' in sheet


def test_hidden_measure_is_an_empty_grey_cell(book: Path) -> None:
    by_row: dict[str, list[tuple[str, str | None]]] = {}
    for reference, _, _, text in _cells(book, "practice_years"):
        by_row.setdefault(reference[1:], []).append((reference[0], text))
    (hidden,) = [dict(cells) for cells in by_row.values() if ("B", "P1") in cells]

    assert (hidden["E"], hidden["F"]) == ("", "")


def test_table_too_large_for_a_sheet_is_named_and_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    tables = {"large": pl.DataFrame({"one": [1, 2, 3]}), "small": pl.DataFrame({"one": [1]})}
    columns = describe_columns(tables, {})

    workbook.write_workbook(tables, {}, columns, tmp_path / "book.xlsx", known_until=None, scratch=tmp_path)

    assert fastexcel.read_excel(tmp_path / "book.xlsx").sheet_names == ["Leeswijzer", "Kolommen", "small"]
    assert any("parquet/large.parquet" in (text or "") for *_, text in _cells(tmp_path / "book.xlsx", "Leeswijzer"))


def test_dictionary_names_every_published_column_with_its_type(staged: Home) -> None:
    with (staged.staged / "data_dictionary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    published = {
        (file.stem, name)
        for file in (staged.staged / "parquet").glob("*.parquet")
        for name in pl.read_parquet_schema(file)
    }

    assert {(row["table"], row["column"]) for row in rows} == published
    assert next(row for row in rows if row["column"] == "cost_eur") == {
        "table": "practice_years",
        "column": "cost_eur",
        "type": "DECIMAL(18,2)",
        "label_nl": "Kosten in euro",
        "description": "Kosten in euro: som van de regels.",
    }
    page = (staged.staged / "data_dictionary.html").read_text(encoding="utf-8")
    assert all(f"<code>{name}</code>" in page for _, name in published)


@pytest.mark.parametrize(
    ("description", "label"),
    [
        ("Zorgprofiel.", "Zorgprofiel"),
        ("Kosten in euro: som van de regels.", "Kosten in euro"),
        ("Praktijk; `all` is de hele gemeente.", "Praktijk"),
        ("Jaar waarin de zorg is geleverd (begin van de productperiode).", "Jaar waarin de zorg is geleverd"),
        ("AGB-code van de aanbieder. Acht cijfers.", "AGB-code van de aanbieder"),
        ("", ""),
    ],
)
def test_label_is_what_a_description_begins_with(description: str, label: str) -> None:
    assert label_of(description) == label
    assert Column("table", "name", "VARCHAR", description).label_nl == (label or "name")


def test_what_an_earlier_publication_showed_can_be_read_back(home: Home) -> None:
    audited_candidate(home, 1)
    tables = protected_tables(home)
    publish(home, keep=7)

    (kept,) = staging.kept_figures(home)

    assert kept.mask.equals(MASK)
    assert set(kept.tables) == set(tables)
    assert kept.tables["practice_years"].sort("practice_id").equals(tables["practice_years"].sort("practice_id"))
    assert kept.tables["texts"].get_column("amount_eur").sum() == Decimal("-36.15")
