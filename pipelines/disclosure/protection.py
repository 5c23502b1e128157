"""The whole of disclosure control over one warehouse: describe, suppress, mask, read back, attack."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.disclosure.attack import Demand, Intervals, attack, checked
from pipelines.disclosure.audit import audit_table, failure_sentences
from pipelines.disclosure.care import describe_care
from pipelines.disclosure.contributors import judged, scoped_contributions, traced
from pipelines.disclosure.facts import Facts, read_facts
from pipelines.disclosure.followup import describe_followup
from pipelines.disclosure.history import Earlier, Remembered, remember
from pipelines.disclosure.masking import SHOWN, cell_states, keyed, masked_tables, read_back
from pipelines.disclosure.poh import describe_poh
from pipelines.disclosure.quality import describe_quality
from pipelines.disclosure.quantities import Draft, Quantities
from pipelines.disclosure.suppression import suppress, suppress_sensitive_only
from pipelines.disclosure.vintages import describe_vintages
from pipelines.settings import DisclosureSettings

# suppression asks for a little more than the attack, so that rounding does not decide
_AMOUNT_RESERVE: Final = 1.05
_COUNT_RESERVE: Final = 1
_SMALLEST_REACH_EUR: Final = 0.01


@dataclass(frozen=True)
class Protected:
    """A publication that may go out, or the sentences that say why it may not.

    Attributes:
        tables: every published table by name: all rows and columns of the mart, suppressed measures empty, and
            ``is_suppressed``.
        mask: table, cell, measure, state (shown, primary, secondary), last_shown, trace; private, kept with the
            publication.
        audit: ``marts.disclosure_audit``: what was suppressed and how narrow the narrowest interval is.
        failures: what the attack found, by table, without values; empty is safe.
    """

    tables: Mapping[str, pl.DataFrame]
    mask: pl.DataFrame
    audit: pl.DataFrame
    failures: tuple[str, ...]


def protect(warehouse: Path, settings: DisclosureSettings, earlier: Sequence[Earlier]) -> Protected:
    """Protect what is to be published of an exact warehouse, which is only read.

    Args:
        warehouse: the DuckDB file.
        settings: the thresholds.
        earlier: earlier publications, oldest first.

    Raises:
        DisclosureError: the warehouse cannot be read.
    """
    return protect_facts(read_facts(warehouse), settings, earlier)


def protect_facts(
    facts: Facts, settings: DisclosureSettings, earlier: Sequence[Earlier], *, with_secondary: bool = True
) -> Protected:
    """The same, of tables that were read before; without secondary suppression only to see the attack find it."""
    quantities, traces = describe(facts, settings)
    direct = quantities.cells.filter("is_direct").select("table", "row", "measure", "position")
    remembered = remember(quantities, keyed(facts, direct), traces, earlier, settings.minimum_clients)
    quantities = dataclasses.replace(quantities, is_sensitive=quantities.is_sensitive | remembered.is_small_change)
    weights = quantities.weights * remembered.weights
    if with_secondary:
        asked = demand(quantities, remembered.is_known, settings, with_reserve=True)
        # nothing else is small than before: what went with it goes with it again
        is_same = (remembered.was_primary == (quantities.is_sensitive & quantities.is_published)).all()
        before = remembered.was_secondary & is_same & ~remembered.is_known & ~quantities.is_public
        suppression = suppress(quantities, remembered.is_known, before, weights, asked)
        is_hidden, stuck, answers = suppression.is_hidden, suppression.stuck, suppression.found.answers
        if stuck.any():
            # what is given away to those who kept an earlier publication is protected from everybody else
            nobody = np.zeros(len(weights), dtype=bool)
            asked = demand(quantities, nobody, settings, with_reserve=True)
            alone = suppress(quantities, nobody, is_hidden & quantities.is_published, weights, asked)
            is_hidden, answers = alone.is_hidden, [*answers, *alone.found.answers]
    else:
        is_hidden, stuck, answers = suppress_sensitive_only(quantities), np.zeros(len(weights), dtype=bool), []
    cells = cell_states(quantities, is_hidden, facts)
    tables = masked_tables(facts, cells)
    given_away = stuck & ~_exposed_alone(facts, tables, quantities, remembered, answers, settings)
    found, exposed, differing = attack_tables(facts, tables, quantities, remembered.is_known, answers, settings)
    exposed = exposed[~given_away[exposed]]
    keyed_cells = keyed(facts, cells)
    return Protected(
        tables=tables,
        mask=_mask(quantities, keyed_cells, remembered, traces),
        audit=audit_table(quantities, cells, found, remembered.is_known | given_away, settings),
        failures=failure_sentences(quantities, exposed, differing, settings),
    )


def describe(facts: Facts, settings: DisclosureSettings) -> tuple[Quantities, dict[str, str]]:
    """The figures of all tables with their relations, and the traces of the amounts."""
    comparison = facts.tables.get("regional_comparison")
    regions = pl.DataFrame(schema={"municipality_code": pl.String, "region": pl.String})
    if comparison is not None:
        listed = comparison.filter((pl.col("region") != "unknown") & (pl.col("municipality_code") != "all"))
        regions = listed.select("municipality_code", "region").unique().sort("municipality_code")
    judgements, traces = [], []
    for contributions in scoped_contributions(facts, regions):
        judgements.append(judged(contributions, settings))
        # a small group is never shown, so nobody needs to know whether it changed
        large = judgements[-1].filter(~pl.col("is_small")).select("scope")
        traces.append(traced(contributions.join(large, on="scope")))
    known = pl.concat(judgements)
    draft = Draft()
    describe_care(draft, facts, known, settings)
    describe_vintages(draft, facts, known, settings)
    describe_poh(draft, facts, settings)
    describe_followup(draft, facts, settings)
    describe_quality(draft, facts, settings)
    traced_names = pl.concat(traces)
    return draft.finish(settings.minimum_clients), {
        f"e|{scope}": trace for scope, trace in traced_names.select("scope", "trace").iter_rows()
    }


def demand(
    quantities: Quantities, is_known: NDArray[np.bool_], settings: DisclosureSettings, *, with_reserve: bool
) -> Demand:
    """How wide the interval of each figure must be once it is suppressed."""
    size = np.abs(quantities.values)
    amount_reserve, count_reserve = (_AMOUNT_RESERVE, _COUNT_RESERVE) if with_reserve else (1.0, 0)
    reach = np.maximum(size * settings.amount_margin * amount_reserve, _SMALLEST_REACH_EUR)
    amount = np.where(quantities.is_two_sided, reach, 2 * reach)
    needed = np.where(quantities.is_amount, amount, float(settings.minimum_clients + count_reserve))
    is_asked = (quantities.is_published | quantities.is_sensitive) & ~quantities.is_public & ~is_known & (size > 0)
    return Demand(np.where(is_asked, needed, 0.0), ~quantities.is_amount, quantities.is_two_sided)


def attack_tables(
    facts: Facts,
    tables: Mapping[str, pl.DataFrame],
    quantities: Quantities,
    is_known: NDArray[np.bool_],
    answers: Sequence[tuple[NDArray[np.int64], NDArray[np.float64]]],
    settings: DisclosureSettings,
) -> tuple[Intervals, NDArray[np.int64], int]:
    """Attack tables as they would be published, together with what earlier publications showed.

    ``answers`` are other tables that would look the same to a reader, as somebody claims: each is checked against
    what is published, and only saves looking for one.

    Returns:
        The intervals, the positions of figures that are known too well, and how many cells differ from the exact table.
    """
    shows, differing = read_back(quantities, facts, tables)
    unknown = ~shows & ~quantities.is_public & ~is_known
    found = checked(answers, quantities.relations, quantities.values, quantities.floors, unknown)
    asked = demand(quantities, is_known, settings, with_reserve=False)
    # a sensitive figure that a table shows is found without any attack
    in_sight = np.flatnonzero(shows & quantities.is_sensitive & ~is_known)
    exposed = attack(quantities.relations, quantities.values, quantities.floors, unknown, asked, found)
    return found, np.union1d(in_sight, exposed), differing


def _exposed_alone(
    facts: Facts,
    tables: Mapping[str, pl.DataFrame],
    quantities: Quantities,
    remembered: Remembered,
    answers: Sequence[tuple[NDArray[np.int64], NDArray[np.float64]]],
    settings: DisclosureSettings,
) -> NDArray[np.bool_]:
    """What the tables of this publication give away on their own, without any earlier one."""
    nothing = np.zeros(len(quantities.names), dtype=bool)
    if not remembered.is_known.any():
        return ~nothing
    _, exposed, _ = attack_tables(facts, tables, quantities, nothing, answers, settings)
    nothing[exposed] = True
    return nothing


def _mask(
    quantities: Quantities, keyed_cells: pl.DataFrame, remembered: Remembered, traces: dict[str, str]
) -> pl.DataFrame:
    """One row per filled measure; ``last_shown`` and ``trace`` say what an outsider has now."""
    figures = pl.DataFrame(
        {
            "position": np.arange(len(quantities.names)),
            "value": quantities.values,
            "before": remembered.last_shown,
            "trace": [traces.get(name) for name in quantities.names],
            "trace_before": [remembered.traces.get(position) for position in range(len(quantities.names))],
        },
        schema_overrides={"trace": pl.String, "trace_before": pl.String},
    )
    joined = keyed_cells.join(figures, on="position", how="left", maintain_order="left")
    is_shown = pl.col("state") == SHOWN
    return joined.select(
        "table",
        "cell",
        "measure",
        pl.col("state").cast(pl.String),
        last_shown=pl.when(is_shown).then("value").otherwise(pl.col("before").fill_nan(None)).cast(pl.String),
        trace=pl.when(is_shown).then("trace").otherwise("trace_before"),
    ).sort("table", "cell", "measure")
