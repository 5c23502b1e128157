"""What the lake keeps beside its datasets, one file each: the ledger, findings, removals and the quarantine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import dagster as dg
import polars as pl

from pipelines.assets.guard import RETRIES, WRITERS, no_values_in_errors
from pipelines.assets.reporting import OPERATORS, Stopwatch, column_schema
from pipelines.home import Home
from pipelines.parquet import read_parquet
from schemas.datasets import DATASETS
from schemas.lake_files import FINDINGS, LEDGER, QUARANTINE_ROWS, REMOVED, Columns

GROUP = "lake"

_FILES: Mapping[str, tuple[str, Columns]] = {
    "ledger": (
        "One row per file as unpacked: what it was and what came of it. A file that is not here does not exist.",
        LEDGER,
    ),
    "findings": ("Things noticed while one file was read, none of which drops a row.", FINDINGS),
    "removed": ("How many accepted rows of a file an erasure or the retention period took away.", REMOVED),
    "quarantine": ("Rows that break a field rule, with the field and the rule, without the value.", QUARANTINE_ROWS),
}


@dg.multi_asset(
    name="intake_record",
    description="Counts what the deliveries left in the ledger, the findings and the quarantine.",
    retry_policy=RETRIES,
    pool=WRITERS,
    specs=[
        dg.AssetSpec(
            [GROUP, name],
            description=description,
            group_name=GROUP,
            kinds={"polars", "parquet"},
            owners=[OPERATORS],
            tags={"privacy": "pseudonymised"},
            deps=[[GROUP, dataset] for dataset in DATASETS],
            metadata=column_schema(columns),
        )
        for name, (description, columns) in _FILES.items()
    ],
)
def intake_record(home: dg.ResourceParam[Home]) -> Iterator[dg.MaterializeResult]:
    """Report each file; the ledger with what came of all deliveries together."""
    taken = Stopwatch()
    for name, (_, columns) in _FILES.items():
        with no_values_in_errors():
            rows = read_parquet(_path(home, name), columns)
            counts = _ledger_counts(rows) if name == "ledger" else {}
        yield dg.MaterializeResult(
            asset_key=[GROUP, name],
            metadata={
                "dagster/row_count": rows.height,
                "files": rows["file_sha256"].n_unique(),
                **counts,
                "path": dg.MetadataValue.path(str(_path(home, name))),
                **taken.metadata(),
            },
        )


def _path(home: Home, name: str) -> Path:
    return home.quarantine / "rows.parquet" if name == "quarantine" else home.lake / f"{name}.parquet"


def _ledger_counts(ledger: pl.DataFrame) -> dict[str, int]:
    newest = ledger.filter(pl.col("first_seen_at") == pl.col("first_seen_at").max())
    return {
        "refused": ledger["refusal"].count(),
        "rows_accepted": int(ledger["rows_accepted"].sum()),
        "rows_quarantined": int(ledger["rows_quarantined"].sum()),
        "cents": int(ledger["cents_accepted"].sum()),
        "newest_files": newest.height,
        "newest_rows_quarantined": int(newest["rows_quarantined"].sum()),
    }
