"""The deployment's own reference tables, validated: one asset per table."""

import os
from collections.abc import Iterator

import dagster as dg
from polars import read_parquet_schema

from pipelines import reference as tables
from pipelines.assets.guard import RETRIES, WRITERS, no_values_in_errors
from pipelines.assets.reporting import OPERATORS, Stopwatch, column_schema
from pipelines.home import Home
from pipelines.pseudonyms import load_pseudonyms

GROUP = "reference"

TABLES = {
    "praktijken": "GP practices, with the number of youth on their lists.",
    "zorgprofielen": "Which product code is which care profile, per municipality.",
    "zorgverleners": "Which practitioner worked at which practice, from when to when.",
    "verwijzer_aliassen": "Other names under which messages name a practice.",
    "deelname": "Which practice takes part in which programme, from when to when.",
    "gemeenten": "Municipalities, their region, mergers, and from when they deliver.",
    "rapportageperioden": "Reporting periods besides the calendar years.",
    "programmakosten": "What a programme costs.",
    "trajectprijzen": "What an avoided trajectory is taken to cost.",
    "doelen": "Savings that councils count on.",
    "publicaties": "Publications and their reference dates.",
    "referrer_names": "Keyed hashes of the names under which a practice is known.",
}


@dg.multi_asset(
    name="reference_tables",
    # First: a mistake in a table is found in a second, and a night of reading deliveries is not.
    op_tags={"dagster/priority": "10"},
    retry_policy=RETRIES,
    pool=WRITERS,
    description="Reads home/reference/*.csv; a row that breaks a rule stops the run with a sentence that names it.",
    specs=[
        dg.AssetSpec(
            [GROUP, table],
            description=description,
            group_name=GROUP,
            kinds={"polars", "parquet"},
            owners=[OPERATORS],
            tags={"privacy": "none"},
        )
        for table, description in TABLES.items()
    ]
    + [
        dg.AssetSpec(
            [GROUP, "history"],
            description="Each version of each table, by the day on which it was loaded: for figures of a past day.",
            group_name=GROUP,
            kinds={"polars", "parquet"},
            owners=[OPERATORS],
            tags={"privacy": "none"},
        )
    ],
)
def reference_tables(home: dg.ResourceParam[Home]) -> Iterator[dg.MaterializeResult]:
    """Load every table; an absent optional one is empty."""
    taken = Stopwatch()
    with no_values_in_errors():
        home.make()
        rows = tables.load(home, load_pseudonyms(home.pseudonym_key, os.environ))
        schemas = {table: read_parquet_schema(home.lake_reference / f"{table}.parquet") for table in TABLES}
    for table in TABLES:
        yield dg.MaterializeResult(
            asset_key=[GROUP, table],
            metadata={
                "dagster/row_count": rows[table],
                "path": dg.MetadataValue.path(str(home.lake_reference / f"{table}.parquet")),
                **column_schema(schemas[table]),
                **taken.metadata(),
            },
        )
    versions = len(list(home.reference_history.glob("*/*.parquet")))
    yield dg.MaterializeResult(
        asset_key=[GROUP, "history"],
        metadata={
            "versions": versions,
            "path": dg.MetadataValue.path(str(home.reference_history)),
            **taken.metadata(),
        },
    )
