"""The quantities of past publications, revisions and other definitions, and their differences from today's figures.

Who was behind a figure of the past is not kept, so clients are estimated from today's cell of the same name, and a
figure whose cell is dominated today counts as dominated.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.disclosure.care import PRACTICE_YEAR_MEASURES, long_measures, name, practice_year_relations
from pipelines.disclosure.contributors import SEPARATOR, domain_kind, scope
from pipelines.disclosure.facts import Facts
from pipelines.disclosure.quantities import Draft, difference_name
from pipelines.settings import DisclosureSettings

_DEFINED: Final = ("started", "active")
_WEIGHT: Final = 0.5

_PLACE = (pl.col("municipality_code"), pl.col("practice_id"), pl.col("year"))


def describe_vintages(draft: Draft, facts: Facts, judged: pl.DataFrame, settings: DisclosureSettings) -> None:
    """Add the quantities, relations and cells of the tables on past publications and other definitions."""
    if facts.table("practice_years_as_of").height:
        known = _practice_years_as_of(draft, facts, judged, settings)
        if facts.table("revisions").height:
            _revisions(draft, facts, known, settings)
    if facts.table("definition_sensitivity").height:
        _definition_sensitivity(draft, facts, judged, settings)


def _estimated_clients(frame: pl.DataFrame, judged: pl.DataFrame, today: pl.DataFrame) -> pl.DataFrame:
    """``people``: the count times today's clients per trajectory of the same scope; one in two where there is none."""
    per_trajectory = today.join(judged.select("scope", "clients"), on="scope").select(
        "scope", share=pl.col("clients") / pl.col("trajectories")
    )
    dominated = judged.select("scope", "is_dominated")
    return (
        frame.join(per_trajectory, on="scope", how="left", maintain_order="left")
        .join(dominated, on="scope", how="left", maintain_order="left")
        .with_columns(people=(pl.col("trajectories") * pl.col("share").fill_null(0.5)).floor())
    )


def _today(facts: Facts) -> pl.DataFrame:
    """Trajectories per scope of practice_years."""
    measures = {measure: named for measure, named in PRACTICE_YEAR_MEASURES.items() if named[0] == "t"}
    long = long_measures(facts.table("practice_years").drop("clients"), measures)
    return long.filter(pl.col("value") > 0).select(
        scope=scope(*_PLACE, domain_kind(), pl.col("group")), trajectories="value"
    )


def _practice_years_as_of(
    draft: Draft, facts: Facts, judged: pl.DataFrame, settings: DisclosureSettings
) -> pl.DataFrame:
    table = facts.table("practice_years_as_of")
    group = pl.col("group")
    own = scope(*_PLACE, domain_kind(), group)
    long = long_measures(table, PRACTICE_YEAR_MEASURES).with_columns(
        scope=own, vintage=pl.concat_str([pl.lit("V:"), pl.col("publication")])
    )
    long = long.with_columns(
        named=name(pl.col("kind"), pl.concat_str(["vintage", "scope"], separator=SEPARATOR)),
        place=pl.concat_str(["vintage", *_PLACE], separator=SEPARATOR),
        now=name(pl.col("kind"), pl.col("scope")),
    )
    counts = long.filter(pl.col("kind") == "t").select("vintage", "scope", trajectories="value")
    long = long.join(counts, on=["vintage", "scope"], how="left", maintain_order="left")
    clients = table.select("publication", "municipality_code", "practice_id", "year", "domain", row_clients="clients")
    long = long.join(clients, on=clients.columns[:-1], how="left", maintain_order="left")
    long = _estimated_clients(long, judged, _today(facts))
    people = pl.min_horizontal(
        pl.when(pl.col("group") == "active").then(pl.col("row_clients").cast(pl.Float64)).otherwise("people"),
        "row_clients",
    )
    is_amount = pl.col("kind") == "e"
    is_nobody = pl.col("trajectories").fill_null(0) == 0
    draft.add(
        long.select(
            variable="named",
            value="value",
            is_amount=is_amount,
            is_sensitive=~is_nobody
            & ((people < settings.minimum_clients) | (is_amount & pl.col("is_dominated").fill_null(True))),
            is_public=is_nobody & (pl.col("value") == 0),
            floor=pl.when(is_amount).then(pl.min_horizontal(pl.lit(0.0), 2 * pl.col("value"))).otherwise(pl.lit(1.0)),
            weight=_WEIGHT * (1.0 + pl.col("value").abs().log1p()),
            tie=pl.when((pl.col("group") == "active") & ~is_amount)
            .then(pl.concat_str([pl.lit("n"), "vintage", "scope"], separator=SEPARATOR))
            .otherwise("named"),
        )
    )
    draft.cells("practice_years_as_of", long.rename({"named": "variable"}))
    practice_year_relations(draft, long, "as of")
    _differences(draft, table, long)
    return long.select("publication", *[column.meta.output_name() for column in _PLACE], "domain", "measure", "named")


def _differences(draft: Draft, table: pl.DataFrame, long: pl.DataFrame) -> None:
    """Each publication against the one before it, and the last against today."""
    order = table.select("publication", "reported_on").unique().sort("reported_on", "publication")
    order = order.select("publication", previous=pl.col("publication").shift(1))
    keys = ["municipality_code", "practice_id", "year", "domain", "kind", "group"]
    before = long.select(*keys, previous="publication", earlier="named")
    after = long.join(order, on="publication").select(*keys, "previous", later="named")
    pairs = after.join(before, on=[*keys, "previous"])
    last = order["publication"].to_list()[-1]
    today = long.filter(pl.col("publication") == last).select(*keys, later="now", earlier="named")
    for label, frame in (("vintage", pairs), ("today", today)):
        people = frame.filter(pl.col("kind") == "t").select(
            *(key for key in keys if key != "kind"), by=difference_name(label, "later", "earlier")
        )
        by_group = frame.join(people, on=[key for key in keys if key != "kind"], how="left")
        draft.difference(label, by_group, is_growing=False)


def _revisions(draft: Draft, facts: Facts, known: pl.DataFrame, settings: DisclosureSettings) -> None:
    table = facts.table("revisions")
    keys = ["municipality_code", "practice_id", "year", "domain", "measure"]
    table = (
        table.join(known.rename({"named": "after"}), on=["publication", *keys], how="left", maintain_order="left")
        .join(
            known.rename({"named": "before", "publication": "previous_publication"}),
            on=["previous_publication", *keys],
            how="left",
            maintain_order="left",
        )
        .with_columns(
            changed=difference_name("vintage", "after", "before"),
            cause_of=pl.concat_str([pl.lit("r"), "publication", *keys, "cause"], separator=SEPARATOR),
        )
        # a cell that only one of the two has is its own difference
        .with_columns(changed=pl.coalesce("changed", "after", "before"))
    )
    kinds = pl.DataFrame(
        [(measure, kind) for measure, (kind, _) in PRACTICE_YEAR_MEASURES.items()],
        schema=["measure", "kind"],
        orient="row",
    )
    people = table.filter(pl.col("measure") == "active").select(
        "publication", *keys[:-1], "cause", people=pl.col("change").cast(pl.Float64)
    )
    table = table.join(kinds, on="measure", how="left", maintain_order="left").join(
        people, on=["publication", *keys[:-1], "cause"], how="left", maintain_order="left"
    )
    change = pl.col("change").cast(pl.Float64)
    is_amount = pl.col("kind") == "e"
    size = pl.when(is_amount).then(pl.col("people").fill_null(0.0).abs()).otherwise(change.abs())
    draft.add(
        table.select(
            variable="cause_of",
            value=change,
            is_amount=is_amount,
            is_sensitive=(change != 0) & (size < settings.minimum_clients),
            floor=pl.lit(float("-inf")),
            weight=pl.lit(_WEIGHT),
        )
    )
    for measure, column in (
        ("previous_value", "before"),
        ("value", "after"),
        ("difference", "changed"),
        ("change", "cause_of"),
    ):
        cells = table.select("row", measure=pl.lit(measure), variable=column).drop_nulls()
        draft.cells("revisions", cells)
    draft.total("causes", table.filter(pl.col("changed").is_not_null()).select(total="changed", part="cause_of"))


def _definition_sensitivity(draft: Draft, facts: Facts, judged: pl.DataFrame, settings: DisclosureSettings) -> None:
    table = facts.table("definition_sensitivity")
    definition = pl.concat_str([pl.lit("G:"), "basis", pl.lit(":"), pl.col("max_gap_days").cast(pl.String)])
    long = long_measures(table, {measure: ("t", measure) for measure in _DEFINED}).with_columns(
        scope=scope(*_PLACE, domain_kind(), pl.col("group")), definition=definition
    )
    long = long.with_columns(
        standard=name("t", pl.col("scope")),
        own=name("t", pl.concat_str(["definition", "scope"], separator=SEPARATOR)),
        trajectories="value",
    )
    # a cell that today's definition does not have counts zero in it, and has no quantity there
    here = _today(facts).select("scope", has_standard=pl.lit(True))
    long = long.join(here, on="scope", how="left", maintain_order="left").with_columns(
        pl.col("has_standard").fill_null(False)
    )
    is_own = pl.col("is_standard")
    draft.cells("definition_sensitivity", long.filter(is_own & pl.col("has_standard")).rename({"standard": "variable"}))
    others = _estimated_clients(long.filter(~is_own), judged, _today(facts))
    people = pl.min_horizontal("people", "value")
    draft.add(
        others.select(
            variable="own",
            value="value",
            is_sensitive=(pl.col("value") > 0) & (people < settings.minimum_clients),
            is_public=pl.col("value") == 0,
            floor=pl.lit(1.0),
            weight=_WEIGHT * (1.0 + pl.col("value").log1p()),
        )
    )
    draft.cells("definition_sensitivity", others.rename({"own": "variable"}))
    with_both = others.filter("has_standard")
    draft.difference("definition", with_both.select(later="own", earlier="standard"), is_growing=False)
    difference = difference_name("definition", "own", "standard")
    gap = others.select(
        "row",
        measure=pl.concat_str(["measure", pl.lit("_difference")]),
        variable=pl.when("has_standard").then(difference).otherwise("own"),
    )
    draft.cells("definition_sensitivity", gap)
    keys = ["definition", "municipality_code", "practice_id", "year", "group"]
    whole = others.filter(pl.col("domain") == "all").select(*keys, total="own")
    pieces = others.filter(pl.col("domain") != "all").select(*keys, part="own")
    draft.total("definition domains", whole.join(pieces, on=keys))
    of_one = ["definition", "municipality_code", "practice_id", "year", "domain"]
    started = others.filter(pl.col("group") == "started").select(*of_one, lower="own")
    draft.at_most(
        "started", started.join(others.filter(pl.col("group") == "active").select(*of_one, upper="own"), on=of_one)
    )
