"""The jobs: everything, in the order of the flow; and months of the lake once more."""

from __future__ import annotations

import dagster as dg

from schemas.datasets import DATASETS

nightly = dg.define_asset_job(
    name="nightly",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="Takes in the inbox, builds the candidate, checks it and puts it live.",
)

months_again = dg.define_asset_job(
    name="months_again",
    selection=dg.AssetSelection.assets(*(["lake", dataset] for dataset in DATASETS)),
    executor_def=dg.in_process_executor,
    description="Reads the files of a range of months again, in one run; 'nightly' then builds what comes after, once.",
)
