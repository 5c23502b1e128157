"""The quantities of ``data_quality``: rows of deliveries that were tested and that failed, and their cents."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.disclosure.contributors import SEPARATOR
from pipelines.disclosure.facts import Facts
from pipelines.disclosure.poh import withhold
from pipelines.disclosure.quantities import Draft
from pipelines.settings import DisclosureSettings

# counts of trajectories and of allocations per month say what the care tables say in another way
_WITHHELD_UNITS: Final = ("trajectories", "allocation numbers")


def describe_quality(draft: Draft, facts: Facts, settings: DisclosureSettings) -> None:
    """Add the quantities, relations and cells of ``data_quality``.

    A row concerns one client, so fewer rows than the threshold are fewer clients. The clients behind cents are not
    counted: cents are shown only when they are none.
    """
    table = facts.table("data_quality")
    if not table.height:
        return
    tested, failing = pl.col("rows_tested").cast(pl.Float64), pl.col("rows_failing").cast(pl.Float64)
    place = ["source", "municipality_code", pl.col("month").cast(pl.String).fill_null(""), "unit"]
    table = table.with_columns(
        # all rules that look at the same rows test the same number, and show or hide it together
        tested=pl.concat_str([pl.lit("q"), *place, tested.cast(pl.String)], separator=SEPARATOR, ignore_nulls=True),
        failing=pl.concat_str([pl.lit("failing"), pl.col("row").cast(pl.String)], separator=SEPARATOR),
    )
    withheld = table.filter(pl.col("unit").is_in(_WITHHELD_UNITS))
    for column in ("rows_tested", "rows_failing"):
        withhold(draft, "data_quality", withheld, column)
    counted = table.filter(~pl.col("unit").is_in(_WITHHELD_UNITS))
    for variable, measure, value, weight in (
        ("tested", "rows_tested", tested, 1.0),
        ("failing", "rows_failing", failing, 0.5),
    ):
        draft.add(
            counted.select(
                variable=variable,
                value=value,
                is_sensitive=(value > 0) & (value < settings.minimum_clients),
                is_public=value == 0,
                floor=pl.lit(1.0),
                weight=weight * (1.0 + value.log1p()),
            )
        )
        draft.cells("data_quality", counted.select("row", variable=variable, measure=pl.lit(measure)))
    some = counted.filter(pl.col("rows_failing") > 0)
    draft.at_most("failing", some.select(lower="failing", upper="tested"))
    withhold(draft, "data_quality", table.filter(pl.col("cents_concerned") != 0), "cents_concerned")
