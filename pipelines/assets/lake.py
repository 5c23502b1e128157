"""The lake: deliveries of the inbox as validated, pseudonymised Parquet; an asset per dataset, a partition per month.

A night takes in whatever is new, and materialises the months that it touched. A run with a range of months reads again
the files that have rows in them.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import dagster as dg

from pipelines.assets.guard import RETRIES, WRITERS, no_values_in_errors
from pipelines.assets.reporting import OPERATORS, Stopwatch, column_schema, quiet
from pipelines.census import month_count, month_path, month_stamps, parquet_rows, quarantined_rows
from pipelines.home import Home
from pipelines.ingestion import IngestReport, ingest
from pipelines.ingestion.again import ingest_again
from pipelines.pseudonyms import load_pseudonyms
from pipelines.resources import Progress
from pipelines.settings import load_settings
from schemas.datasets import DATASETS

GROUP = "lake"
_TIME_ZONE = "Europe/Amsterdam"

DESCRIPTIONS = {
    "allocations": "Orders for care as the municipality sent them, one row per version (JW301, toewijzingen).",
    "care_events": "When care really began and ended (JW305, JW307, toewijzingen).",
    "referral_requests": "Who referred the client: the providers' requests for an allocation (JW315, toewijzingen).",
    "declaration_lines": "What providers declared, one row per line, in signed cents (JW303, JW323, declaraties).",
    "decisions": "The municipality's answers to declarations, one row per answer (JW304, JW325).",
    "decision_lines": "The lines that an answer lists (JW304, JW325).",
    "poh_registrations": "Youth seen by the POH, as registered (poh_registraties).",
    "survey_answers": "Answers of youth, parents and GPs (ervaringen).",
}


def months(first_month: str) -> dg.MonthlyPartitionsDefinition:
    """The months from ``first_month`` (``2015-01``) to the current one."""
    return dg.MonthlyPartitionsDefinition(f"{first_month}-01", timezone=_TIME_ZONE, end_offset=1)


def build_deliveries(first_month: str) -> dg.AssetsDefinition:
    """The datasets' assets.

    Args:
        first_month: the first month that has a partition.
    """
    partitions = months(first_month)

    @dg.multi_asset(
        name="deliveries",
        description="Takes in what is new in the inbox: recognise, unpack, read, validate, pseudonymise, write.",
        retry_policy=RETRIES,
        pool=WRITERS,
        backfill_policy=dg.BackfillPolicy.single_run(),
        specs=[
            dg.AssetSpec(
                [GROUP, name],
                description=description,
                group_name=GROUP,
                kinds={"polars", "parquet"},
                owners=[OPERATORS],
                tags={"privacy": "pseudonymised"},
                partitions_def=partitions,
                metadata=column_schema(DATASETS[name].lake),
            )
            for name, description in DESCRIPTIONS.items()
        ],
    )
    def deliveries(
        context: dg.AssetExecutionContext, home: dg.ResourceParam[Home], progress: dg.ResourceParam[Progress]
    ) -> Iterator[dg.Output]:
        wanted = tuple(key[:7] for key in context.partition_keys) if _has_months(context) else ()
        taken = Stopwatch()
        before = month_stamps(home, list(DESCRIPTIONS))
        with no_values_in_errors():
            report = _take_in(home, progress, wanted)
        progress.on_ingested(report)
        if report.months_expired:
            expired: dict[str, Any] = {"months": list(report.months_expired), "rows": report.rows_expired}
            context.log_event(dg.AssetObservation([GROUP, "removed"], description="keep_years", metadata=expired))
        duration = taken.metadata()
        known = frozenset(key[:7] for key in partitions.get_partition_keys())
        written = month_stamps(home, list(DESCRIPTIONS))
        quarantined = quarantined_rows(home)
        for name in DESCRIPTIONS:
            touched = {month for dataset, month in written.keys() | before.keys() if dataset == name}
            touched = {month for month in touched if written.get((name, month)) != before.get((name, month))}
            for event in _events(home, name, sorted(touched.union(wanted) & known), quarantined, duration):
                context.log_event(event)
            yield quiet(f"{GROUP}__{name}")

    return deliveries


def _has_months(context: dg.AssetExecutionContext) -> bool:
    return context.has_partition_key or context.has_partition_key_range


def _take_in(home: Home, progress: Progress, wanted: Sequence[str]) -> IngestReport:
    settings = load_settings(home.settings_file)
    home.make()
    pseudonyms = load_pseudonyms(home.pseudonym_key, os.environ)
    if not wanted:
        return ingest(home, settings, pseudonyms, progress.on_ingesting)
    firsts = [date.fromisoformat(f"{month}-01") for month in wanted]
    return ingest_again(home, settings, pseudonyms, firsts, progress.on_ingesting)


def _events(
    home: Home, name: str, touched: Sequence[str], quarantined: Mapping[str, int], duration: Mapping[str, float]
) -> Iterator[dg.AssetMaterialization | dg.AssetObservation]:
    """A materialisation for each month; an observation when there is none, so that silence is seen."""
    key = dg.AssetKey([GROUP, name])
    for month in touched:
        count = month_count(home, name, month, quarantined)
        cents = {} if count.cents is None else {"cents": count.cents}
        yield dg.AssetMaterialization(
            key,
            partition=f"{month}-01",
            metadata={
                "dagster/partition_row_count": count.rows,
                "files": count.files,
                **cents,
                "quarantined": count.quarantined,
                "path": dg.MetadataValue.path(str(month_path(home, name, month))),
                **duration,
            },
        )
    if not touched:
        rows = parquet_rows(home.lake / name)
        yield dg.AssetObservation(key, description="Nothing new.", metadata={"dagster/row_count": rows})
