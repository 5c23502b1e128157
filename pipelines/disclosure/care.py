"""The quantities of the tables on care: practices, profiles, statuses, regions, quarters, attribution, providers.

What adds up, and to what, is in ``docs/disclosure.md``. Names are ``<kind>|<scope>``: ``t`` trajectories,
``c`` clients, ``e`` euros, ``o`` euros not yet answered.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.disclosure.contributors import SEPARATOR, domain_kind, profile_kind, region_name, scope
from pipelines.disclosure.facts import Facts
from pipelines.disclosure.quantities import Draft
from pipelines.settings import DisclosureSettings

STATUSES: Final = ("new", "extended", "carried_over", "converted", "unknown")
STARTED: Final = ("new", "extended")
# practice_years: column → kind of quantity and roll-up
PRACTICE_YEAR_MEASURES: Final = {
    "clients": ("c", "active"),
    "active": ("t", "active"),
    "started": ("t", "started"),
    **{status: ("t", status) for status in STATUSES},
    "cost_eur": ("e", "active"),
    "cost_started_eur": ("e", "started"),
    "cost_carried_over_eur": ("e", "carried_over"),
}
_COMPARED: Final = {
    "active": ("t", "active"),
    "started": ("t", "started"),
    "new": ("t", "new"),
    "cost_eur": ("e", "active"),
}
_REST: Final = "_rest_of_region"

_MUNICIPALITY = pl.col("municipality_code")
_PRACTICE = pl.col("practice_id")
_YEAR = pl.col("year")


def _of_practice(group: pl.Expr) -> pl.Expr:
    return scope(_MUNICIPALITY, _PRACTICE, _YEAR, domain_kind(), group)


def name(kind: pl.Expr | str, scoped: pl.Expr) -> pl.Expr:
    """The name of a quantity of a scope."""
    return pl.concat_str([pl.lit(kind) if isinstance(kind, str) else kind, scoped], separator=SEPARATOR)


def describe_care(draft: Draft, facts: Facts, judged: pl.DataFrame, settings: DisclosureSettings) -> None:
    """Add the quantities, relations and cells of the care tables.

    Args:
        draft: receives them.
        facts: the exact tables.
        judged: clients and dominance per scope.
        settings: the thresholds.
    """
    if facts.tables.get("practice_trajectories") is not None:
        _practice_trajectories(draft, facts, judged)
    if facts.tables.get("practice_years") is not None:
        _practice_years(draft, facts, judged)
    if facts.tables.get("regional_comparison") is not None:
        _regional_comparison(draft, facts, judged, settings)
    if facts.tables.get("attribution_coverage") is not None:
        _attribution_coverage(draft, facts, judged)
    if facts.tables.get("referral_trend") is not None:
        _referral_trend(draft, facts, judged)
    if facts.tables.get("completeness") is not None:
        _completeness(draft, facts)


def long_measures(table: pl.DataFrame, measures: dict[str, tuple[str, str]]) -> pl.DataFrame:
    """A table's measures below each other: its other columns, measure, value (float), kind and group."""
    kinds = pl.DataFrame(
        [(measure, *named) for measure, named in measures.items()], schema=["measure", "kind", "group"], orient="row"
    )
    keys = [column for column in table.columns if column not in measures]
    floats = table.with_columns(pl.col(list(measures)).cast(pl.Float64))
    return floats.unpivot(on=list(measures), index=keys, variable_name="measure", value_name="value").join(
        kinds, on="measure", maintain_order="left"
    )


def add_judged(draft: Draft, frame: pl.DataFrame, judged: pl.DataFrame, weight: float) -> None:
    """Quantities from columns kind, scope, value: a small group is sensitive, euros also where one client dominates."""
    joined = frame.join(judged, on="scope", how="left", maintain_order="left")
    is_amount = pl.col("kind").is_in(["e", "o"])
    dominated = (
        pl.when(pl.col("kind") == "e")
        .then("is_dominated")
        .when(pl.col("kind") == "o")
        .then(pl.col("is_open_dominated") & (pl.col("value") != 0))
        .otherwise(pl.lit(False))
    )
    floor = pl.when(pl.col("kind") == "e").then("floor").when(pl.col("kind") == "o").then("open_floor")
    draft.add(
        joined.select(
            variable=name(pl.col("kind"), pl.col("scope")),
            value="value",
            is_amount=is_amount,
            is_sensitive=(pl.col("is_small").fill_null(True) | dominated.fill_null(True))
            & ((pl.col("value") != 0) | (pl.col("clients").fill_null(0) > 0)),
            # nobody is in it, and every table says so by leaving the row out
            is_public=(pl.col("value") == 0) & pl.col("clients").fill_null(0).eq(0),
            floor=floor.otherwise(pl.lit(1.0)).fill_null(0.0),
            weight=weight
            * (1.0 + pl.col("value").abs().log1p())
            * (_roll_up_weight() if "group" in frame.columns else 1.0),
            tie=pl.when(pl.col("kind").is_in(["t", "c"]) & pl.col("is_tied"))
            .then(name("n", pl.col("scope")))
            .otherwise(name(pl.col("kind"), pl.col("scope")))
            if "is_tied" in frame.columns
            else name(pl.col("kind"), pl.col("scope")),
        )
    )


def _roll_up_weight() -> pl.Expr:
    """What readers look at first goes last."""
    return pl.when(pl.col("group") == "active").then(4.0).when(pl.col("group") == "started").then(2.0).otherwise(1.0)


def _practice_trajectories(draft: Draft, facts: Facts, judged: pl.DataFrame) -> None:
    table = facts.table("practice_trajectories").with_columns(
        scope=scope(_MUNICIPALITY, _PRACTICE, _YEAR, profile_kind(), pl.col("status"))
    )
    measures = {"trajectories": ("t", ""), "clients": ("c", ""), "cost_eur": ("e", ""), "cost_open_eur": ("o", "")}
    long = long_measures(table, measures).with_columns(is_tied=pl.lit(True))
    add_judged(draft, long, judged, weight=1.0)
    draft.cells("practice_trajectories", long.with_columns(variable=name(pl.col("kind"), pl.col("scope"))))
    draft.at_most("clients", table.select(lower=name("c", pl.col("scope")), upper=name("t", pl.col("scope"))))
    draft.at_most("open", table.select(lower=name("o", pl.col("scope")), upper=name("e", pl.col("scope"))))

    # the domain of a profile is the municipality's own; a profile in two domains adds up in `all` alone
    domains = (
        facts.contributions.select("municipality_code", "care_profile", "domain")
        .unique()
        .group_by("municipality_code", "care_profile")
        .agg(pl.col("domain").first(), (pl.len() > 1).alias("is_mixed"))
    )
    leaves = table.join(domains, on=["municipality_code", "care_profile"], how="left").with_columns(
        domain=pl.when(pl.col("is_mixed").fill_null(True)).then(pl.lit("?")).otherwise("domain")
    )
    mixed = leaves.filter(pl.col("domain") == "?").select("municipality_code", "practice_id", "year").unique()
    sorted_out = leaves.join(mixed, on=["municipality_code", "practice_id", "year"], how="anti")
    in_domain = pl.concat(
        [sorted_out, leaves.join(mixed, on=mixed.columns, how="semi").with_columns(domain=pl.lit("all"))]
    )
    draft.total(
        "profiles",
        in_domain.select(total=name("t", _of_practice(pl.col("status"))), part=name("t", pl.col("scope"))),
    )
    draft.total(
        "profiles",
        in_domain.select(total=name("c", _of_practice(pl.lit("active"))), part=name("c", pl.col("scope"))),
    )
    for group, statuses in (("active", STATUSES), ("started", STARTED), ("carried_over", ("carried_over",))):
        parts = in_domain.filter(pl.col("status").is_in(statuses))
        total = name("e", _of_practice(pl.lit(group)))
        draft.total("profiles", parts.select(total=total, part=name("e", pl.col("scope"))))


def practice_year_relations(draft: Draft, long: pl.DataFrame, label: str) -> None:
    """What adds up within practice_years, by ``named``: statuses to roll-ups, domains to all.

    Args:
        draft: receives the relations.
        long: named, kind, group, domain, and ``place``: everything else that a name hangs on.
        label: of the relations; others of the same name are added to.
    """
    wide = long.select("place", "domain", "kind", "group", "named").unique()
    keys = ["place", "domain", "kind"]
    for total, parts in (("active", STATUSES), ("started", STARTED)):
        whole = wide.filter((pl.col("group") == total) & (pl.col("kind") == "t")).select(*keys, total="named")
        pieces = wide.filter(pl.col("group").is_in(parts)).select(*keys, part="named")
        draft.total(f"{label} statuses", whole.join(pieces, on=keys))
    keys = ["place", "kind", "group"]
    whole = wide.filter(pl.col("domain") == "all").select(*keys, total="named")
    pieces = wide.filter(pl.col("domain") != "all").select(*keys, part="named")
    draft.total(f"{label} domains", whole.join(pieces, on=keys))


def _practice_years(draft: Draft, facts: Facts, judged: pl.DataFrame) -> None:
    table = facts.table("practice_years")
    long = long_measures(table, PRACTICE_YEAR_MEASURES)
    group = pl.col("group")
    long = long.with_columns(
        scope=_of_practice(group),
        place=pl.concat_str([_MUNICIPALITY, _PRACTICE, _YEAR.cast(pl.String)], separator=SEPARATOR),
        is_tied=group == "active",
    ).with_columns(named=name(pl.col("kind"), pl.col("scope")))
    add_judged(draft, long, judged, weight=4.0)
    draft.cells("practice_years", long.rename({"named": "variable"}))
    practice_year_relations(draft, long, "practice years")
    draft.at_most(
        "clients",
        table.select(lower=name("c", _of_practice(pl.lit("active"))), upper=name("t", _of_practice(pl.lit("active")))),
    )
    _other_cost(draft, table, judged)


def _other_cost(draft: Draft, table: pl.DataFrame, judged: pl.DataFrame) -> None:
    """Cost less started less carried over: nobody prints it, and everybody can work it out."""
    other = table.select(
        "municipality_code",
        scope=_of_practice(pl.lit("other")),
        whole=name("e", _of_practice(pl.lit("active"))),
        kind=pl.lit("e"),
        value=pl.col("cost_eur").cast(pl.Float64)
        - pl.col("cost_started_eur").cast(pl.Float64)
        - pl.col("cost_carried_over_eur").cast(pl.Float64),
        started=name("e", _of_practice(pl.lit("started"))),
        carried=name("e", _of_practice(pl.lit("carried_over"))),
    ).with_columns(pl.col("value").round(2))
    add_judged(draft, other, judged, weight=1.0)
    for part in (name("e", pl.col("scope")), pl.col("started"), pl.col("carried")):
        draft.total("practice years parts of cost", other.select(total="whole", part=part))


def _regional_comparison(draft: Draft, facts: Facts, judged: pl.DataFrame, settings: DisclosureSettings) -> None:
    table = facts.table("regional_comparison").with_columns(
        is_rest=pl.col("measure").str.ends_with(_REST),
        base=pl.col("measure").str.strip_suffix(_REST),
        value=pl.col("value").cast(pl.Float64),
    )
    kinds = pl.DataFrame(
        [(key, *named) for key, named in _COMPARED.items()], schema=["base", "kind", "group"], orient="row"
    )
    table = table.join(kinds, on="base", how="left", maintain_order="left")
    is_region = pl.col("municipality_code") == "all"
    place = pl.when(is_region | pl.col("is_rest")).then(region_name()).otherwise(_MUNICIPALITY)
    everyone = pl.col("practice_id") == "all"
    practice = pl.when("is_rest").then(pl.concat_str(pl.lit("not "), _PRACTICE)).when(everyone).then(pl.lit("*"))
    table = table.with_columns(scope=scope(place, practice.otherwise(_PRACTICE), _YEAR, domain_kind(), pl.col("group")))
    table = table.with_columns(variable=name(pl.col("kind"), pl.col("scope")))
    totals = table.filter(~pl.col("is_rest") & (_PRACTICE == "all"))
    add_judged(draft, totals.filter(~is_region), judged, weight=300.0)
    add_judged(draft, totals.filter(is_region), judged, weight=3000.0)
    _rest_of_region(draft, table.filter("is_rest"), judged, settings)

    shown = table.select("row", "variable", measure=pl.lit("value"))
    draft.cells("regional_comparison", shown)
    keys = ["region", "municipality_code", "practice_id", "domain", "measure"]
    base_year = table.filter(pl.col("year") == facts.base_year).select(*keys, base_variable="variable")
    indexed = table.select(*keys, "row", "variable").join(base_year, on=keys, how="left")
    index = pl.concat([indexed.select("row", "variable"), indexed.select("row", variable="base_variable")])
    draft.cells("regional_comparison", index.with_columns(measure=pl.lit("index")).drop_nulls(), is_direct=False)

    practices = table.filter(~pl.col("is_rest") & (_PRACTICE != "all"))
    group = pl.col("group")
    municipality = name(pl.col("kind"), scope(_MUNICIPALITY, pl.lit("*"), _YEAR, domain_kind(), group))
    draft.total("practices", practices.select(total=municipality, part="variable"))
    region = name(pl.col("kind"), scope(region_name(), pl.lit("*"), _YEAR, domain_kind(), group))
    regional = totals.filter(~is_region & (pl.col("region") != "unknown"))
    draft.total("municipalities", regional.select(total=region, part="variable"))
    # the same practice in other municipalities is not in the rest either; the relation has its own name per rest
    rests = table.filter("is_rest").select(
        "region", "practice_id", "year", "domain", "measure", rest="variable", base="base", regional=region
    )
    rests = rests.unique("rest", maintain_order=True)
    own = practices.select("region", "practice_id", "year", "domain", "base", part="variable")
    parts = rests.join(own, on=["region", "practice_id", "year", "domain", "base"])
    relation = pl.concat_str(pl.lit("rest:"), "rest")
    draft.relate(
        pl.concat(
            [
                rests.select(relation=relation, variable="rest", coefficient=pl.lit(1.0)),
                rests.select(relation=relation, variable="regional", coefficient=pl.lit(-1.0)),
                parts.select(relation=relation, variable="part", coefficient=pl.lit(1.0)),
            ]
        )
    )
    domains = totals.select("variable", "region", "municipality_code", "year", "domain", "kind", "group")
    for frame in (domains, rests.with_columns(variable="rest")):
        keys = [key for key in frame.columns if key not in ("variable", "domain", "rest", "regional")]
        whole = frame.filter(pl.col("domain") == "all").select(*keys, total="variable")
        pieces = frame.filter(pl.col("domain") != "all").select(*keys, part="variable")
        draft.total("regional domains", whole.join(pieces, on=keys))


def _rest_of_region(draft: Draft, rests: pl.DataFrame, judged: pl.DataFrame, settings: DisclosureSettings) -> None:
    """A rest has at least the region's clients less the practice's, and none larger than the region's largest."""
    rests = rests.unique("variable", maintain_order=True)
    group = pl.col("group")
    whole = judged.select("clients", "largest_eur", "two_largest_eur", whole="scope")
    own = judged.select(own="scope", own_clients="clients")
    known = (
        rests.with_columns(
            whole=scope(region_name(), pl.lit("*"), _YEAR, domain_kind(), group),
            own=scope(region_name(), _PRACTICE, _YEAR, domain_kind(), group),
        )
        .join(whole, on="whole", how="left", maintain_order="left")
        .join(own, on="own", how="left", maintain_order="left")
    )
    clients = pl.col("clients").fill_null(0) - pl.col("own_clients").fill_null(0)
    is_amount = pl.col("kind") == "e"
    dominated = (pl.col("largest_eur") > settings.largest_client_share * pl.col("value")) | (
        pl.col("two_largest_eur") > settings.two_largest_clients_share * pl.col("value")
    )
    draft.add(
        known.select(
            "variable",
            "value",
            is_amount=is_amount,
            is_sensitive=(pl.col("value") != 0)
            & ((clients < settings.minimum_clients) | (is_amount & dominated).fill_null(True)),
            is_public=(pl.col("value") == 0) & ~is_amount,
            weight=3.0 * (1.0 + pl.col("value").abs().log1p()),
        )
    )


def _attribution_coverage(draft: Draft, facts: Facts, judged: pl.DataFrame) -> None:
    table = facts.table("attribution_coverage")
    total = scope(_MUNICIPALITY, pl.lit("*"), _YEAR, pl.lit("D:all"), pl.lit("active"))
    part = scope(_MUNICIPALITY, pl.lit("*"), _YEAR, pl.lit("A"), pl.col("attribution"))
    table = table.with_columns(whole=total, part=part)
    measures = {"trajectories": ("t", "part"), "cost_eur": ("e", "part")}
    totals = {"trajectories_total": ("t", "whole"), "cost_total_eur": ("e", "whole")}
    shares = {"trajectories_share": "t", "cost_share": "e"}
    long = long_measures(table, {**measures, **totals}).with_columns(
        scope=pl.when(pl.col("group") == "part").then("part").otherwise("whole")
    )
    add_judged(draft, long.filter(pl.col("group") == "part"), judged, weight=20.0)
    add_judged(
        draft, long.filter(pl.col("group") == "whole").unique(["kind", "scope"], maintain_order=True), judged, 20.0
    )
    draft.cells("attribution_coverage", long.with_columns(variable=name(pl.col("kind"), pl.col("scope"))))
    for measure, kind in shares.items():
        for column in ("part", "whole"):
            cells = table.select("row", measure=pl.lit(measure), variable=name(kind, pl.col(column)))
            draft.cells("attribution_coverage", cells, is_direct=False)
    named = facts.tables.get("attributions")
    has_practice: list[str] = [] if named is None else named.filter("has_practice")["attribution"].to_list()
    unattributed = scope(_MUNICIPALITY, pl.lit("unattributed"), _YEAR, pl.lit("D:all"), pl.lit("active"))
    for kind in ("t", "e"):
        draft.total("attributions", table.select(total=name(kind, pl.col("whole")), part=name(kind, pl.col("part"))))
        without = table.filter(~pl.col("attribution").is_in(has_practice))
        draft.total("unattributed", without.select(total=name(kind, unattributed), part=name(kind, pl.col("part"))))


def _referral_trend(draft: Draft, facts: Facts, judged: pl.DataFrame) -> None:
    table = facts.table("referral_trend").with_columns(year=pl.col("quarter").str.slice(0, 4))
    table = table.with_columns(
        scope=scope(_MUNICIPALITY, _PRACTICE, pl.col("quarter"), domain_kind(), pl.lit("new")),
        kind=pl.lit("t"),
        value=pl.col("new_trajectories").cast(pl.Float64),
    ).with_columns(variable=name("t", pl.col("scope")))
    add_judged(draft, table, judged, weight=1.0)
    draft.cells("referral_trend", table.with_columns(measure=pl.lit("new_trajectories")))
    draft.cells("referral_trend", table.with_columns(measure=pl.lit("new_per_1000")), is_direct=False)
    year = name("t", _of_practice(pl.lit("new")))
    draft.total("quarters", table.select(total=year, part="variable"))
    keys = ["municipality_code", "practice_id", "quarter"]
    whole = table.filter(pl.col("domain") == "all").select(*keys, total="variable")
    pieces = table.filter(pl.col("domain") != "all").select(*keys, part="variable")
    draft.total("quarter domains", whole.join(pieces, on=keys))


def _completeness(draft: Draft, facts: Facts) -> None:
    """Euros of a provider in a month: who contributes is not counted per month, so they are never shown."""
    table = facts.table("completeness").with_columns(
        variable=pl.concat_str(
            [
                pl.lit("e"),
                _MUNICIPALITY,
                pl.lit("provider"),
                pl.col("provider_agb"),
                pl.col("care_month").cast(pl.String),
            ],
            separator=SEPARATOR,
        ),
        value=pl.col("declared_eur").cast(pl.Float64),
    )
    draft.add(
        table.select(
            "variable",
            "value",
            is_amount=pl.lit(True),
            is_sensitive=pl.lit(True),
            floor=pl.min_horizontal(pl.lit(0.0), 2 * pl.col("value")),
        )
    )
    draft.cells("completeness", table.with_columns(measure=pl.lit("declared_eur")))
    for measure in ("expected_eur", "expected_standard_error_eur"):
        draft.cells("completeness", table.with_columns(measure=pl.lit(measure)), is_direct=False)
    year = pl.col("care_month").dt.year()
    total = name("e", scope(_MUNICIPALITY, pl.lit("*"), year, pl.lit("D:all"), pl.lit("active")))
    draft.total("providers", table.select(total=total, part="variable"))
