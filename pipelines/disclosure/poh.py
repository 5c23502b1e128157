"""The quantities of the tables on the POH: counts of people, surveys, costs and benefits, trajectories added back.

A person is counted once per cell, so a municipality may have fewer people than its practices together, and a long
period fewer than the periods in it. An outsider is taken to know how many fewer: mostly it is none.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.disclosure.contributors import SEPARATOR
from pipelines.disclosure.facts import Facts
from pipelines.disclosure.quantities import Draft
from pipelines.settings import DisclosureSettings

# dimension → the base that its denominator counts
BASES: Final = {
    "referral": "referred",
    "waiting_time": "contacted",
    "seen": "present",
    "dossier_status": "seen",
    "outcome_clarification": "seen",
    "outcome_clarification_group": "seen",
    "outcome_treatment": "completed",
    "outcome_treatment_group": "completed",
    "support_offered": "referred",
    "support_group": "referred",
    "reporter": "present",
    "presenting_problem": "present",
    "presenting_problem_group": "present",
    "activity": "seen",
    "contacts_at_closure": "closed",
    "age_band_4": "present",
    "age_band_poh": "present",
    "age_band_poh_male": "male",
    "age_band_poh_female": "female",
    "sex": "present",
    "referred_to_provider": "contracted",
    "referred_profile": "contracted",
    "formal_referrer": "contracted",
    "bridging": "seen",
}
# categories that are a base, or a category of another dimension, under another name
SAME: Final = {
    ("referral", "referral"): "base:referred",
    ("referral", "intake"): "base:contacted",
    ("referral_rate", "per_month"): "base:referred",
    ("seen", "seen"): "base:seen",
    ("dossier_status", "closed"): "base:closed",
    ("sex", "male"): "base:male",
    ("sex", "female"): "base:female",
    ("completed_without_referral", "of_seen"): "outcome_treatment:not_referred",
    ("completed_without_referral", "of_completed"): "outcome_treatment:not_referred",
}
SEVERAL: Final = ("support_offered", "activity")
_NOT_ADDED_UP: Final = (*SEVERAL, "referral_rate", "completed_without_referral")
# counted by the day of referral, so that two periods that touch add up to the period of both
_FLOWS: Final = ("referred", "contacted", "contracted")
_NESTED_BASES: Final = (
    ("referred", "present"),
    ("seen", "present"),
    ("closed", "seen"),
    ("completed", "closed"),
    ("contacted", "referred"),
    ("contracted", "referred"),
)
_ADDED: Final = (
    "benefit",
    "benefit_annualised",
    "net_saving",
    "net_saving_annualised",
    "target_gap_annualised",
    "break_even_price",
)
_DECIDED: Final = (
    "price_per_trajectory",
    "staff_cost",
    "housing_cost",
    "other_cost",
    "staff_cost_annualised",
    "housing_cost_annualised",
    "other_cost_annualised",
    "target",
    "break_even_trajectories",
)
# a mean, and more so a quantile, needs this many times the threshold behind it: half of them on either side of a median
_SPREAD: Final = 4


def describe_poh(draft: Draft, facts: Facts, settings: DisclosureSettings) -> None:
    """Add the quantities, relations and cells of the POH tables."""
    if facts.table("poh_counts").height:
        _poh_counts(draft, facts, settings)
    if facts.table("poh_cost_benefit").height:
        _poh_cost_benefit(draft, facts, settings)
    if facts.table("poh_add_back").height:
        _poh_add_back(draft, facts, settings)
    if facts.table("survey_results").height:
        _survey_results(draft, facts, settings)


def _named(*parts: str | pl.Expr) -> pl.Expr:
    return pl.concat_str([pl.lit("p"), "period_id", "municipality_code", "practice_id", *parts], separator=SEPARATOR)


def _add_counts(draft: Draft, frame: pl.DataFrame, settings: DisclosureSettings, weight: float) -> None:
    """People by ``variable`` and ``value``; what is counted over all practices weighs more."""
    value = pl.col("value").cast(pl.Float64)
    draft.add(
        frame.filter(pl.col("value").is_not_null()).select(
            "variable",
            value=value,
            is_sensitive=(value > 0) & (value < settings.minimum_clients),
            is_public=value == 0,
            floor=pl.lit(1.0),
            weight=weight * (1.0 + value.log1p()) * pl.when(pl.col("practice_id") == "all").then(10.0).otherwise(1.0),
        )
    )


def _poh_counts(draft: Draft, facts: Facts, settings: DisclosureSettings) -> None:
    same = pl.DataFrame(
        [(*named, what) for named, what in SAME.items()], schema=["dimension", "category", "same"], orient="row"
    )
    bases = pl.DataFrame(list(BASES.items()), schema=["dimension", "base"], orient="row")
    table = (
        facts.table("poh_counts")
        .join(same, on=["dimension", "category"], how="left", maintain_order="left")
        .join(bases, on="dimension", how="left", maintain_order="left")
        .with_columns(
            what=pl.coalesce("same", pl.concat_str(["dimension", "category"], separator=":")),
            base=pl.when(pl.col("dimension") == "completed_without_referral")
            .then(pl.when(pl.col("category") == "of_seen").then(pl.lit("seen")).otherwise(pl.lit("completed")))
            .when(pl.col("dimension") == "referral_rate")
            .then(pl.lit(None, pl.String))
            # a dimension that is not described here has a base of its own
            .otherwise(pl.coalesce("base", pl.concat_str([pl.lit("of "), "dimension"]))),
        )
        .with_columns(variable=_named("what"), base_variable=_named(pl.concat_str([pl.lit("base:"), "base"])))
    )
    clients = table.select(
        "row", "practice_id", "period_id", "municipality_code", "what", "base", "variable", value="clients"
    )
    denominators = table.filter(pl.col("base").is_not_null()).select(
        "row",
        "practice_id",
        "period_id",
        "municipality_code",
        what=pl.concat_str([pl.lit("base:"), "base"]),
        base="base",
        variable="base_variable",
        value="denominator",
    )
    quantities = pl.concat([clients, denominators])
    _add_counts(draft, denominators, settings, weight=6.0)
    _add_counts(draft, clients, settings, weight=1.0)
    draft.cells("poh_counts", clients.with_columns(measure=pl.lit("clients")))
    draft.cells("poh_counts", denominators.with_columns(measure=pl.lit("denominator")))
    months = table.filter(pl.col("base").is_null()).select(
        "row",
        variable=pl.concat_str([pl.lit("months"), pl.col("row").cast(pl.String)], separator=SEPARATOR),
        value="denominator",
        is_public=pl.lit(True),
        measure=pl.lit("denominator"),
    )
    draft.add(months.drop("row", "measure"))
    draft.cells("poh_counts", months)
    _within_dimensions(draft, table, facts)
    whole = quantities.filter(pl.col("practice_id") == "all").select(
        "variable", "period_id", "municipality_code", "what"
    )
    pieces = quantities.filter(pl.col("practice_id") != "all").select(
        "variable", "period_id", "municipality_code", "what"
    )
    keys = ["period_id", "municipality_code", "what"]
    draft.total(
        "poh practices",
        whole.unique().rename({"variable": "total"}).join(pieces.unique().rename({"variable": "part"}), on=keys),
    )
    across_periods(draft, quantities, facts, "poh", ["municipality_code", "practice_id", "what"], _FLOWS)


def _within_dimensions(draft: Draft, table: pl.DataFrame, facts: Facts) -> None:
    added = table.filter(~pl.col("dimension").is_in(_NOT_ADDED_UP))
    # these two dimensions print their base as a category
    added = added.filter(~((pl.col("dimension") == "referral") & (pl.col("category") == "referral")))
    added = added.filter(~((pl.col("dimension") == "seen") & (pl.col("category") == "seen")))
    whole = pl.when(pl.col("dimension") == "seen").then(_named(pl.lit("base:seen"))).otherwise("base_variable")
    for (dimension,), rows in sorted(added.group_by("dimension"), key=lambda group: str(group[0][0])):
        draft.total(f"poh {dimension}", rows.select(total=whole, part="variable"))
    several = table.filter(pl.col("dimension").is_in(SEVERAL))
    draft.at_most("poh several", several.select(lower="variable", upper="base_variable"))
    scopes = table.select("period_id", "municipality_code", "practice_id").unique(maintain_order=True)
    for lower, upper in _NESTED_BASES:
        pair = scopes.select(lower=_named(pl.lit(f"base:{lower}")), upper=_named(pl.lit(f"base:{upper}")))
        draft.at_most("poh bases", pair)
    sexes = table.filter(pl.col("dimension").is_in(["age_band_poh_male", "age_band_poh_female"]))
    total = _named(pl.concat_str([pl.lit("age_band_poh:"), "category"]))
    draft.total("poh sexes", sexes.select(total=total, part="variable"))
    if "poh_categories" in facts.tables:
        groups = facts.tables["poh_categories"].select("dimension", "category", "group_category").drop_nulls()
        grouped = table.join(groups, on=["dimension", "category"]).select(
            total=_named(pl.concat_str(["dimension", pl.lit("_group:"), "group_category"])), part="variable"
        )
        draft.total("poh groups", grouped)


def across_periods(
    draft: Draft, quantities: pl.DataFrame, facts: Facts, subject: str, keys: list[str], flows: tuple[str, ...]
) -> None:
    """What a period has more than a period within it; and of flows, two periods that make a third.

    Args:
        draft: receives the relations.
        quantities: period_id, variable, the keys and ``base``.
        facts: with the periods.
        subject: whose periods.
        keys: what is counted, and where.
        flows: bases that add up over time.
    """
    periods = facts.periods.filter(pl.col("subject") == subject).drop("subject")
    named = quantities.select("period_id", *keys, "variable", "base").unique(maintain_order=True)
    long = named.join(periods, on="period_id")
    inner = long.select(*keys, earlier="variable", inner_id="period_id", begins="starts_on", ends="ends_until")
    within = (pl.col("begins") >= pl.col("starts_on")) & (pl.col("ends") <= pl.col("ends_until"))
    other = pl.col("inner_id") != pl.col("period_id")
    # two periods of the same days: the one that comes first in the alphabet is the inner
    same = (pl.col("begins") == pl.col("starts_on")) & (pl.col("ends") == pl.col("ends_until"))
    nested = long.join(inner, on=keys).filter(other & within & (~same | (pl.col("inner_id") < pl.col("period_id"))))
    draft.difference(f"{subject} periods", nested.select("earlier", later="variable"), is_growing=True)
    flowing = long.filter(pl.col("base").is_in(flows))
    starts = flowing.select(*keys, "starts_on", total="variable", ends="ends_until")
    first = flowing.select(*keys, "starts_on", first="variable", middle="ends_until")
    second = flowing.select(*keys, "ends_until", second="variable", middle="starts_on")
    unions = starts.join(first, on=[*keys, "starts_on"]).join(
        second.rename({"ends_until": "ends"}), on=[*keys, "middle", "ends"]
    )
    relation = pl.concat_str([pl.lit("union"), "total", "first"], separator=":")
    for column, sign in (("first", 1.0), ("second", 1.0), ("total", -1.0)):
        draft.relate(unions.select(relation=relation, variable=column, coefficient=pl.lit(sign)))


def _poh_cost_benefit(draft: Draft, facts: Facts, settings: DisclosureSettings) -> None:
    table = facts.table("poh_cost_benefit").with_columns(
        practice_id=pl.concat_str([pl.lit("programme:"), "programme"]),
        kind=pl.when(pl.col("scenario").str.ends_with("hard_only")).then(pl.lit("hard")).otherwise(pl.lit("all")),
    )
    measure = pl.col("measure")
    avoided = table.filter(measure == "avoided_trajectories").with_columns(
        variable=_named(pl.lit("avoided"), "kind"), value="value_count"
    )
    _add_counts(draft, avoided, settings, weight=10.0)
    draft.cells("poh_cost_benefit", avoided.with_columns(measure=pl.lit("value_count")))
    added = table.filter(measure.is_in(_ADDED)).with_columns(variable=_named(pl.lit("avoided"), "kind"))
    draft.cells("poh_cost_benefit", added.with_columns(measure=pl.lit("value_eur")), is_direct=False)
    _avoided_is_counted(draft, avoided)
    _measured_prices(draft, table, settings)
    known = (*_ADDED, *_DECIDED, "avoided_trajectories")
    unknown = table.filter(~measure.is_in(known) & ~measure.str.starts_with("measured_"))
    for column in ("value_eur", "value_count"):
        withhold(draft, "poh_cost_benefit", unknown.filter(pl.col(column).is_not_null()), column)


def _avoided_is_counted(draft: Draft, avoided: pl.DataFrame) -> None:
    """A programme's avoided trajectories are the municipality's, less what an outsider is taken to know."""
    place = avoided.select("period_id", "municipality_code", "practice_id", "kind").unique(maintain_order=True)
    everyone = place.with_columns(own=_named(pl.lit("avoided"), "kind"), practice_id=pl.lit("all"))
    counted = {
        "hard": ("outcome_treatment:not_referred",),
        "all": (
            "outcome_treatment:not_referred",
            "outcome_treatment_group:referred_local_support",
            "outcome_clarification_group:referred_local_support",
        ),
    }
    for kind, parts in counted.items():
        rows = everyone.filter(pl.col("kind") == kind)
        frames = [rows.select(total="own", part=_named(pl.lit(part))) for part in parts]
        draft.total("avoided", pl.concat(frames))


def _measured_prices(draft: Draft, table: pl.DataFrame, settings: DisclosureSettings) -> None:
    measured = table.filter(pl.col("measure").str.starts_with("measured_"))
    counts = measured.filter(pl.col("measure").str.starts_with("measured_trajectories_")).with_columns(
        variable=_named("measure"), value="value_count"
    )
    _add_counts(draft, counts, settings, weight=3.0)
    draft.cells("poh_cost_benefit", counts.with_columns(measure=pl.lit("value_count")))
    keys = ["period_id", "municipality_code", "programme", "scenario"]
    behind = counts.group_by(keys).agg(
        fewest=pl.col("value_count").filter(pl.col("value_count") > 0).min(), together=pl.col("value_count").sum()
    )
    prices = measured.filter(~pl.col("measure").str.starts_with("measured_trajectories_")).join(
        behind, on=keys, how="left", maintain_order="left"
    )
    prices = prices.with_columns(value=pl.col("value_eur").cast(pl.Float64))
    spread = prices.filter(pl.col("measure") == "measured_price_sd").select(*keys, sd="value")
    prices = prices.join(spread, on=keys, how="left", maintain_order="left")
    # none of n numbers lies further from their mean than sd * (n - 1) / sqrt(n), which bounds the share of the largest
    n = pl.col("fewest").cast(pl.Float64)
    largest = (pl.col("value").abs() + pl.col("sd") * (n - 1) / n.sqrt()) / (n * pl.col("value").abs())
    is_small = pl.col("fewest").fill_null(0) < _SPREAD * settings.minimum_clients
    is_dominated = (2 * largest > settings.two_largest_clients_share).fill_null(True)
    # of a calendar year, mean times number is an amount that the care tables may give away the rest of
    is_year = pl.col("period_id").str.contains(r"^\d{4}$")
    is_mean = pl.col("measure").is_in(["measured_price", "measured_price_bggz", "measured_price_sggz"])
    hidden = prices.filter(is_small | is_year | (is_mean & is_dominated))
    withhold(draft, "poh_cost_benefit", hidden, "value_eur")
    behind_price = counts.select(*keys, "variable")
    shown = prices.join(behind_price, on=keys).select("row", "variable", measure=pl.lit("value_eur"))
    draft.cells("poh_cost_benefit", shown, is_direct=False)


def withhold(draft: Draft, table: str, rows: pl.DataFrame, column: str) -> None:
    """Cells that are never shown, and that nothing else is calculated from."""
    variable = pl.concat_str(
        [pl.lit("withheld"), pl.lit(table), pl.col("row").cast(pl.String), pl.lit(column)], separator="|"
    )
    named = rows.with_columns(variable=variable)
    # a text has no size, and nothing about it can be worked out from others
    value = pl.col(column).cast(pl.Float64) if rows.schema[column].is_numeric() else pl.lit(0.0)
    draft.add(
        named.select(
            "variable",
            value=value,
            is_amount=pl.lit(True),
            is_sensitive=pl.lit(True),
            floor=pl.lit(float("-inf")),
        )
    )
    draft.cells(table, named.with_columns(measure=pl.lit(column)))


def _poh_add_back(draft: Draft, facts: Facts, settings: DisclosureSettings) -> None:
    table = facts.table("poh_add_back").with_columns(
        scope=pl.concat_str(
            [pl.lit("add back"), "municipality_code", "practice_id", pl.col("year").cast(pl.String), "care_profile"],
            separator=SEPARATOR,
        )
    )
    small = pl.col("clients") < settings.minimum_clients
    for measure in ("trajectories", "clients"):
        named = table.with_columns(variable=pl.concat_str(["scope", pl.lit(measure)], separator=SEPARATOR))
        value = pl.col(measure).cast(pl.Float64)
        draft.add(
            named.select(
                "variable", value=value, is_sensitive=small, floor=pl.lit(1.0), weight=value.log1p(), tie="scope"
            )
        )
        draft.cells("poh_add_back", named.with_columns(measure=pl.lit(measure)))
    # the client of each trajectory that is added back is not kept, so nobody's share of the euros is known
    withhold(draft, "poh_add_back", table, "cost_eur")


def _survey_results(draft: Draft, facts: Facts, settings: DisclosureSettings) -> None:
    asked = ["municipality_code", "practice_id", "audience", "question", "scale_max"]
    table = facts.table("survey_results").with_columns(
        variable=pl.concat_str(
            [pl.lit("s"), "period_id", *asked[:-1], pl.col("scale_max").cast(pl.String)], separator=SEPARATOR
        ),
        value="responses",
        base=pl.lit("answered"),
    )
    _add_counts(draft, table, settings, weight=1.0)
    draft.cells("survey_results", table.with_columns(measure=pl.lit("responses")))
    draft.cells("survey_results", table.with_columns(measure=pl.lit("mean_score")), is_direct=False)
    keys = ["period_id", "municipality_code", "audience", "question", "scale_max"]
    whole = table.filter(pl.col("practice_id") == "all").select(*keys, total="variable")
    pieces = table.filter(pl.col("practice_id") != "all").select(*keys, part="variable")
    draft.total("survey practices", whole.join(pieces, on=keys))
    across_periods(draft, table, facts, "survey", asked, ("answered",))
