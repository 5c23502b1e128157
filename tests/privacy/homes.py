"""Small homes for the tests: a few messages and exports of two children, taken into the lake without a whole night."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import polars as pl

from pipelines import lake, reference
from pipelines.home import Home
from pipelines.ingestion import IngestReport, ingest
from pipelines.pseudonyms import Pseudonyms, load_pseudonyms
from pipelines.settings import ReadingSettings, Settings
from schemas.datasets import DATASETS
from tests.cases.deployment import BOY, GIRL, Deployment, allocation, answer, declaration, january, line, request
from tests.deliveries.flat.exports import ALLOCATION, ANSWER, DECLARATION, REGISTRATION, csv_bytes

AGB = "94999001"
LATER = date(2026, 2, 20)


def deliveries(bsn: str = GIRL.bsn) -> dict[str, bytes]:
    """Every dataset at least once; the girl in each that has clients, the boy in some."""
    lines = (line("A1", 10_000), line("A2", 20_000, client=BOY, number=2))
    flat = {**DECLARATION, "bsn": bsn}
    ordered = {
        **ALLOCATION,
        "bsn": bsn,
        "geboortedatum": "2008-04-05",
        "geslacht": "2",
        "startdatum_zorg": "2019-01-07",
    }
    referred = {**ordered, "verwijzer_type": "02", "verwijzer_naam": "Dr. Onbekend"}
    return {
        "a/allocation.xml": allocation(AGB, "T1", 1),
        "a/request.xml": request(AGB, "V1", "VOT-1", referrer_name="Dr. Onbekend"),
        "a/declaration.xml": january(AGB, "D1", *lines),
        "a/answer.xml": answer(declaration(AGB, "D1", *lines), "R1", lines[0]),
        "b/lines.csv": csv_bytes([flat, {**flat, "referentienummer": "R2", "bsn": BOY.bsn}]),
        "b/ordered.csv": csv_bytes([referred, {**referred, "toewijzingnummer": "1002", "bsn": BOY.bsn}]),
        "b/poh.csv": csv_bytes([{**REGISTRATION, "bsn": bsn}]),
        "b/survey.csv": csv_bytes([{**ANSWER, "respondent_id": "17", "praktijk": "De Linde"}]),
    }


def home_with(folder: Path, files: dict[str, bytes]) -> Home:
    """A home in which these files were taken in, and its reference tables loaded."""
    deployment = Deployment.new(folder)
    home = Home(folder)
    home.make()
    (home.reference / "verwijzer_aliassen.csv").write_text("naam,praktijk_id\nDe oude Eik,p1\n", encoding="utf-8")
    for name, content in files.items():
        deployment.deliver(name, content)
        os.utime(home.inbox / name, (1_600_000_000, 1_600_000_000))
    reference.load(home, key_of(home))
    take_in(home)
    return home


def key_of(home: Home) -> Pseudonyms:
    """The pseudonyms of the home's key file."""
    return load_pseudonyms(home.pseudonym_key, {})


def take_in(home: Home, **settings: int) -> IngestReport:
    """One look at the inbox."""
    return ingest(home, Settings(reading=ReadingSettings(workers=1), **settings), key_of(home))


def rows(home: Home, name: str) -> pl.DataFrame:
    """A dataset of the lake, in order of file and row."""
    files = [home.lake / name / "schema.parquet", *sorted((home.lake / name).glob("month=*.parquet"))]
    frame = pl.concat([pl.read_parquet(path, glob=False, hive_partitioning=False) for path in files])
    return frame.sort("file_sha256", "row_number")


def contents(home: Home) -> dict[str, bytes]:
    """Every file of the lake but the ledger's clock, and of the secrets."""
    files = [path for folder in (home.lake, home.secrets) for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(home.root).as_posix(): path.read_bytes() for path in files if path.name != ".lock"}


def held_and_counted(home: Home) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Per file: rows that the lake holds and rows removed; and what the ledger says was accepted."""
    places = [rows(home, name).select("file_sha256", "row_number") for name in DATASETS if name != "decisions"]
    held = pl.concat(places).unique().group_by("file_sha256").agg(held=pl.len().cast(pl.Int64))
    removed = pl.read_parquet(home.lake / "removed.parquet").group_by("file_sha256").agg(pl.col("rows_removed").sum())
    ledger = lake.read_ledger(home).filter(pl.col("refusal").is_null()).select("file_sha256", "rows_accepted")
    both = ledger.join(held, on="file_sha256", how="left").join(removed, on="file_sha256", how="left").fill_null(0)
    return both.select("file_sha256", rows=pl.col("held") + pl.col("rows_removed")), both.select(
        "file_sha256", rows="rows_accepted"
    )
