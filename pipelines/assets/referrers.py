"""Candidate practices for the referrers whom no practice has."""

import os

import dagster as dg

from pipelines.assets.guard import RETRIES, WRITERS, no_values_in_errors
from pipelines.assets.reporting import OPERATORS, Stopwatch
from pipelines.deliveries import Limits
from pipelines.home import Home
from pipelines.pseudonyms import load_pseudonyms
from pipelines.referrers.suggestions import write_suggestions
from pipelines.settings import load_settings


@dg.asset(
    key=["lake", "referrer_suggestions"],
    group_name="lake",
    owners=[OPERATORS],
    tags={"privacy": "pseudonymised"},
    retry_policy=RETRIES,
    pool=WRITERS,
    kinds={"polars", "parquet"},
    deps=[["lake", "referral_requests"], ["lake", "ledger"], ["reference", "referrer_names"]],
    description="For each referrer whom no practice has: which practices' names look like it.",
)
def referrer_suggestions(home: dg.ResourceParam[Home]) -> dg.MaterializeResult:
    """Look up what is not looked up yet; names stay in the inbox, hashes come here."""
    taken = Stopwatch()
    with no_values_in_errors():
        limits = Limits(max_bytes=load_settings(home.settings_file).reading.max_file_bytes)
        with_suggestion = write_suggestions(home, load_pseudonyms(home.pseudonym_key, os.environ), limits)
    return dg.MaterializeResult(
        metadata={
            "referrers_with_a_suggestion": with_suggestion,
            "path": dg.MetadataValue.path(str(home.lake / "referrer_suggestions.parquet")),
            **taken.metadata(),
        }
    )
