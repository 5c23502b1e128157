"""The lake: deliveries of the inbox as validated, pseudonymised Parquet, one asset per dataset."""

import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from pipelines.assets.guard import no_values_in_errors
from pipelines.census import parquet_rows
from pipelines.home import Home
from pipelines.ingestion import ingest
from pipelines.pseudonyms import load_pseudonyms
from pipelines.resources import Progress
from pipelines.settings import load_settings

GROUP = "lake"

DATASETS = {
    "allocations": "Orders for care as the municipality sent them, one row per version (JW301, toewijzingen).",
    "care_events": "When care really began and ended (JW305, JW307, toewijzingen).",
    "referral_requests": "Who referred the client: the providers' requests for an allocation (JW315, toewijzingen).",
    "declaration_lines": "What providers declared, one row per line, in signed cents (JW303, JW323, declaraties).",
    "decisions": "The municipality's answers to declarations, one row per answer (JW304, JW325).",
    "decision_lines": "The lines that an answer lists (JW304, JW325).",
    "poh_registrations": "Youth seen by the POH, as registered (poh_registraties).",
    "survey_answers": "Answers of youth, parents and GPs (ervaringen).",
    "ledger": "One row per file as unpacked: what it was and what came of it. A file that is not here does not exist.",
    "findings": "Things noticed while one file was read, none of which drops a row.",
    "quarantine": "Rows that break a field rule, with the field and the rule, without the value.",
}


def lake_path(home: Home, name: str) -> Path:
    """Where a lake asset lies: a folder of month files, or one file."""
    if name == "quarantine":
        return home.quarantine / "rows.parquet"
    if name in {"ledger", "findings"}:
        return home.lake / f"{name}.parquet"
    return home.lake / name


@dg.multi_asset(
    name="deliveries",
    description="Takes in what is new in the inbox: recognise, unpack, read, validate, pseudonymise, write.",
    specs=[
        dg.AssetSpec([GROUP, name], description=description, group_name=GROUP, kinds={"polars", "parquet"})
        for name, description in DATASETS.items()
    ],
)
def deliveries(home: dg.ResourceParam[Home], progress: dg.ResourceParam[Progress]) -> Iterator[dg.MaterializeResult]:
    """Ingest the inbox once; every dataset of the lake is then as new as the inbox."""
    with no_values_in_errors():
        settings = load_settings(home.settings_file)
        home.make()
        report = ingest(home, settings, load_pseudonyms(home.pseudonym_key, os.environ), progress.on_ingesting)
    progress.on_ingested(report)
    for name in DATASETS:
        yield dg.MaterializeResult(
            asset_key=[GROUP, name], metadata={"dagster/row_count": parquet_rows(lake_path(home, name))}
        )
