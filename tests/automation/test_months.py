"""The lake in months: what a night materialises, and what taking a month in again does."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from io import BytesIO
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from demo.messages import Declaration, MessageHeader, to_xml
from pipelines import lake
from pipelines.assets.lake import build_deliveries
from pipelines.home import Home
from pipelines.ingestion.again import ingest_again
from pipelines.parquet import write_parquet
from pipelines.pseudonyms import load_pseudonyms
from pipelines.resources import Progress
from pipelines.settings import Settings
from tests.cases.deployment import GIRL, MUNICIPALITY, Deployment, january, line

FLAT = (
    "gemeentecode;aanbieder_agb;referentienummer;bsn;toewijzingnummer;productcode;begindatum;einddatum;bedrag\n"
    f"0988;94999003;F1;{GIRL.bsn};7;54002;2026-01-05;2026-01-20;100,00\n"
    f"0988;94999003;F2;{GIRL.bsn};7;54002;2026-02-05;2026-02-20;50,50\n"
)
LINES = dg.AssetKey(["lake", "declaration_lines"])
ALLOCATIONS = dg.AssetKey(["lake", "allocations"])


def february(provider: str, identification: str) -> bytes:
    """A JW323 over February 2026."""
    header = MessageHeader(MUNICIPALITY, provider, identification, date(2026, 3, 5))
    of_month = line("L9", 7_000, period_from=date(2026, 2, 1), period_to=date(2026, 2, 28))
    return to_xml(Declaration(header, date(2026, 2, 1), date(2026, 2, 28), (of_month,)))


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """January in a zip, under two names; February on its own; an export over both."""
    deployment = Deployment.new(tmp_path / "home")
    message = january("94999001", "D1", line("L1"), line("L2", 5_000))
    zipped = BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("inside/one.xml", message)
    deployment.deliver("post/one.zip", zipped.getvalue())
    deployment.deliver("copy.xml", message)
    deployment.deliver("two.xml", february("94999002", "D2"))
    deployment.deliver("export.csv", FLAT.encode())
    return Home(deployment.home)


def take_in(home: Home, instance: dg.DagsterInstance, months: tuple[str, str] | None = None) -> None:
    tags: Mapping[str, str] = {}
    if months:
        tags = dict(
            zip(("dagster/asset_partition_range_start", "dagster/asset_partition_range_end"), months, strict=True)
        )
    assets = [build_deliveries("2025-01")]
    assert dg.materialize(
        assets, instance=instance, resources={"home": home, "progress": Progress()}, tags=tags
    ).success


def again(home: Home, *months: date) -> int:
    report = ingest_again(home, Settings(), load_pseudonyms(home.pseudonym_key, {}), months)
    return report.deliveries_taken


def digests(home: Home) -> dict[str, str]:
    """Every Parquet file of the lake and the quarantine, by its bytes."""
    files = [*home.lake.rglob("*.parquet"), *home.quarantine.rglob("*.parquet")]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def partitions(instance: dg.DagsterInstance, key: dg.AssetKey) -> set[str]:
    return {str(partition) for partition in instance.get_materialized_partitions(key)}


def test_night_materialises_the_months_that_it_touched_and_no_others(home: Home, instance: dg.DagsterInstance) -> None:
    take_in(home, instance)
    (event,) = instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=LINES, asset_partitions=["2026-02-01"]), limit=5
    ).records

    assert partitions(instance, LINES) == {"2026-01-01", "2026-02-01"}
    assert partitions(instance, ALLOCATIONS) == set()
    assert event.asset_materialization is not None
    metadata = {name: value.value for name, value in event.asset_materialization.metadata.items()}
    assert (metadata["dagster/partition_row_count"], metadata["cents"], metadata["files"]) == (2, 12_050, 2)
    assert metadata["quarantined"] == 0
    assert metadata["seconds"] > 0


def test_month_says_how_many_rows_of_its_deliveries_broke_a_rule(home: Home, instance: dg.DagsterInstance) -> None:
    good, bad = FLAT.strip().splitlines()[-1], FLAT.strip().splitlines()[-1].split(";")
    bad[0] = "no municipality"
    (home.inbox / "export.csv").write_text("\n".join([*FLAT.strip().splitlines()[:-1], good, ";".join(bad)]) + "\n")

    take_in(home, instance)

    (event,) = instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=LINES, asset_partitions=["2026-02-01"]), limit=5
    ).records
    assert event.asset_materialization is not None
    assert event.asset_materialization.metadata["quarantined"].value == 1


def test_dataset_without_news_is_observed_and_not_materialised(home: Home, instance: dg.DagsterInstance) -> None:
    take_in(home, instance)
    before = instance.get_latest_materialization_event(LINES)

    take_in(home, instance)

    after = instance.get_latest_materialization_event(LINES)
    observed = instance.fetch_observations(LINES, limit=5).records
    assert before is not None
    assert after is not None
    assert after.timestamp == before.timestamp
    assert len(observed) == 1


def test_range_of_months_is_taken_in_again_in_one_run_to_the_same_bytes(
    home: Home, instance: dg.DagsterInstance
) -> None:
    take_in(home, instance)
    before = digests(home)

    take_in(home, instance, ("2026-01-01", "2026-03-01"))

    assert digests(home) == before
    assert partitions(instance, ALLOCATIONS) == {"2026-01-01", "2026-02-01", "2026-03-01"}


def test_month_taken_in_again_reads_the_files_with_rows_in_it_and_no_others(
    home: Home, instance: dg.DagsterInstance
) -> None:
    take_in(home, instance)

    assert again(home, date(2026, 1, 1)) == 2
    assert again(home, date(2026, 2, 1)) == 2
    assert again(home, date(2025, 6, 1)) == 0


def test_rows_that_were_spoilt_come_back_from_the_inbox(home: Home, instance: dg.DagsterInstance) -> None:
    take_in(home, instance)
    before = digests(home)
    path = home.lake / "declaration_lines" / "month=2026-01.parquet"
    rows = pl.read_parquet(path)
    write_parquet(rows.with_columns(amount_cents=pl.lit(1, pl.Int64)), path)
    assert digests(home) != before

    again(home, date(2026, 1, 1))

    assert digests(home) == before


def test_file_that_left_the_inbox_keeps_its_rows(home: Home, instance: dg.DagsterInstance) -> None:
    take_in(home, instance)
    before = digests(home)
    (home.inbox / "two.xml").unlink()
    (home.inbox / "post" / "one.zip").unlink()
    (home.inbox / "copy.xml").unlink()

    assert again(home, date(2026, 1, 1), date(2026, 2, 1)) == 1
    assert digests(home) == before


def test_ledger_keeps_every_name_and_its_first_day(home: Home, instance: dg.DagsterInstance) -> None:
    take_in(home, instance)
    before = lake.read_ledger(home)

    again(home, date(2026, 1, 1))

    assert lake.read_ledger(home).equals(before)
    assert before.height == 4
