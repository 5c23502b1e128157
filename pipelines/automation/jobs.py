"""The one job: everything, in the order of the flow."""

from __future__ import annotations

import dagster as dg

nightly = dg.define_asset_job(
    name="nightly",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description=(
        "Takes in the inbox, builds the candidate, checks it and puts it live. "
        "With a range of months it reads their files again instead."
    ),
)
