"""The quantities of the tables on what came after the POH, and on deliveries that stayed away.

They are protected at a coarser grain: of one practice nothing is shown, because its few people are counted in ways that
the other tables do not link; of a municipality and a region, what rests on enough people.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.disclosure.contributors import SEPARATOR
from pipelines.disclosure.facts import Facts
from pipelines.disclosure.poh import across_periods, withhold
from pipelines.disclosure.quantities import Draft
from pipelines.disclosure.tables import DESCRIBED
from pipelines.settings import DisclosureSettings

# an estimate over time, and a quantile, need this many times the threshold behind them
_SPREAD: Final = 4
_ESTIMATES: Final = ("days", "incidence", "incidence_low", "incidence_high")
_SCOPE: Final = ["period_id", "municipality_code", "practice_id", "outcome_group", "measure"]


def describe_followup(draft: Draft, facts: Facts, settings: DisclosureSettings) -> None:
    """Add the quantities, relations and cells of the tables on follow-up, effects and missing deliveries."""
    if facts.table("poh_followup").height:
        _poh_followup(draft, facts, settings)
    if facts.table("practice_effect").height:
        _practice_effect(draft, facts, settings)
    if facts.table("missing_deliveries").height:
        _withhold_all(draft, "missing_deliveries", facts.table("missing_deliveries"))


def _withhold_all(draft: Draft, table: str, rows: pl.DataFrame) -> None:
    for measure in DESCRIBED[table].measures:
        if measure in rows.columns:
            withhold(draft, table, rows.filter(pl.col(measure).is_not_null()), measure)


def _poh_followup(draft: Draft, facts: Facts, settings: DisclosureSettings) -> None:
    everything = facts.table("poh_followup")
    _withhold_all(draft, "poh_followup", everything.filter(pl.col("practice_id") != "all"))
    table = everything.filter(pl.col("practice_id") == "all").with_columns(
        counted=pl.concat_str([pl.lit("f"), *_SCOPE, "category", pl.lit("clients")], separator=SEPARATOR),
        # one base for all categories of a measure, but for terms of which some were not followed to the end
        base=pl.concat_str(
            [
                pl.lit("f"),
                *_SCOPE,
                pl.when(pl.col("measure") == "began_within").then("category").otherwise(pl.lit("")),
                pl.lit("denominator"),
            ],
            separator=SEPARATOR,
        ),
    )
    for variable, measure in (("counted", "clients"), ("base", "denominator")):
        value = pl.col(measure).cast(pl.Float64)
        draft.add(
            table.select(
                variable=variable,
                value=value,
                is_sensitive=(value > 0) & (value < settings.minimum_clients),
                is_public=value == 0,
                floor=pl.lit(1.0),
                weight=5.0 * (1.0 + value.log1p()),
            )
        )
        draft.cells("poh_followup", table.select("row", variable=variable, measure=pl.lit(measure)))
    # whoever is not in a group is a group too
    draft.difference("rest of followed", table.select(later="base", earlier="counted"), is_growing=True)
    added = table.filter(pl.col("measure").is_in(["profile", "trajectories"]))
    draft.total("followup", added.select(total="base", part="counted"))
    keys = ["period_id", "municipality_code", "measure", "category"]
    for variable in ("counted", "base"):
        whole = table.filter(pl.col("outcome_group") == "all").select(*keys, total=variable)
        pieces = table.filter(pl.col("outcome_group") != "all").select(*keys, part=variable)
        draft.total("followup groups", whole.join(pieces, on=keys))
    across_periods(
        draft,
        table.with_columns(variable="counted", base=pl.lit("followed")),
        facts,
        "poh",
        ["municipality_code", "outcome_group", "measure", "category"],
        (),
    )
    enough = (pl.col("denominator") >= _SPREAD * settings.minimum_clients) & (
        (pl.col("measure") != "days_to_care") | (pl.col("clients") >= _SPREAD * settings.minimum_clients)
    )
    for estimate in _ESTIMATES:
        filled = table.filter(pl.col(estimate).is_not_null())
        withhold(draft, "poh_followup", filled.filter(~enough), estimate)
        for variable in ("counted", "base"):
            cells = filled.filter(enough).select("row", variable=variable, measure=pl.lit(estimate))
            draft.cells("poh_followup", cells, is_direct=False)


def _practice_effect(draft: Draft, facts: Facts, settings: DisclosureSettings) -> None:
    """Amounts add up quarters of several practices that are suppressed one by one, so only what follows is shown."""
    table = facts.table("practice_effect")
    # euros are those of the trajectories of the same name
    table = table.with_columns(outcome_counted=pl.col("outcome").str.replace("^cost_", ""))
    keys = ["region", "municipality_code", "practice_id", "outcome_counted"]
    amounts = [pl.col(name).cast(pl.Float64).abs() for name in ("amount_before", "amount_after")]
    behind = (
        table.filter(~pl.col("outcome").str.starts_with("cost"))
        .group_by(keys)
        .agg(fewest=pl.min_horizontal(amounts).min())
    )
    table = table.join(behind, on=keys, how="left", maintain_order="left")
    enough = (pl.col("practice_id") == "all") & (pl.col("fewest").fill_null(0.0) >= _SPREAD * settings.minimum_clients)
    _withhold_all(draft, "practice_effect", table.filter(~enough))
    for amount in ("amount_before", "amount_after"):
        withhold(draft, "practice_effect", table.filter(enough & pl.col(amount).is_not_null()), amount)
    # what is shown rests on no figure of another table that a reader could work back to
    shown = [name for name in DESCRIBED["practice_effect"].measures if not name.startswith("amount_")]
    for measure in shown:
        if measure not in table.columns:
            continue
        named = table.filter(enough & pl.col(measure).is_not_null()).with_columns(
            variable=pl.concat_str(
                [pl.lit("effect"), pl.col("row").cast(pl.String), pl.lit(measure)], separator=SEPARATOR
            )
        )
        draft.add(named.select("variable", value=pl.lit(0.0), is_public=pl.lit(True)))
        draft.cells("practice_effect", named.select("row", "variable", measure=pl.lit(measure)), is_direct=False)
