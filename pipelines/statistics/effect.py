"""The table of effects: every region and outcome compared, every practice's own change, each with its sentence.

Belongs here: from the models' rows to comparisons, and back to rows. How a comparison is made is in ``comparison``,
how one practice's rates are compared in ``rates``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.statistics.comparison import Comparison, Interval, Panel, Rules, compare
from pipelines.statistics.memory import remembered
from pipelines.statistics.rates import Change, rate_change
from pipelines.statistics.sentences import (
    CANNOT_TELL,
    FALLING,
    HIGHER,
    LOWER,
    OUTCOMES,
    RISING,
    SAME,
    TOO_FEW,
    Sentence,
    finding,
    too_few,
)
from pipelines.statistics.stacks import Exposure

ALL = "all"
"""In place of a municipality or a practice: all of the region together."""
_COST = "cost_new_ggz"
_YEAR = 4
_DECIMALS = 6

PRACTICES = {
    "region": pl.String,
    "municipality_code": pl.String,
    "practice_id": pl.String,
    "first_quarter": pl.Int32,
    "last_quarter": pl.Int32,
    "before_until": pl.Int32,
    "after_from": pl.Int32,
    "after_until": pl.Int32,
}
CELLS = {
    "practice_id": pl.String,
    "quarter_number": pl.Int32,
    "outcome": pl.String,
    "amount": pl.Float64,
    "trajectories": pl.Int64,
}
EFFECTS = {
    "region": pl.String,
    "municipality_code": pl.String,
    "practice_id": pl.String,
    "outcome": pl.String,
    "comparison": pl.String,
    "years_from_start": pl.Int32,
    "verdict": pl.String,
    "change_share": pl.Float64,
    "change_low": pl.Float64,
    "change_high": pl.Float64,
    "p_value": pl.Float64,
    "p_permutation": pl.Float64,
    "p_trend_before": pl.Float64,
    "practices_with": pl.Int64,
    "practices_without": pl.Int64,
    "amount_before": pl.Float64,
    "amount_after": pl.Float64,
    "quarters_before": pl.Int32,
    "quarters_after": pl.Int32,
    "sentence": pl.String,
    "sentence_nl": pl.String,
}


@dataclass(frozen=True)
class _Place:
    region: str
    municipality_code: str = ALL
    practice_id: str = ALL


_DECIMALS = 6


def practice_effects(practices: pl.DataFrame, cells: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """What the data say about the effect of a POH.

    Args:
        practices: columns ``PRACTICES``, one row per practice; quarters are counted from year 0, the region's first and
            last observed quarter are in each of its rows, ``after_…`` and ``before_until`` as in ``Exposure``.
        cells: columns ``CELLS``, one row per practice, quarter and outcome with any amount: trajectories that began, or
            euros; ``trajectories`` is how many stand behind an amount.
        rules: on how little a figure may rest.

    Returns:
        Columns ``EFFECTS``, sorted; with ``too_few`` all figures are null.
    """
    rows = [
        row
        for _, region in practices.sort("region", "practice_id").group_by("region", maintain_order=True)
        for row in _region_rows(region, cells, rules)
    ]
    # The solver stops within 1e-9 or so of the estimate, on either side: beyond that, two runs need not agree.
    table = pl.DataFrame(rows, schema=EFFECTS).with_columns(pl.col(pl.Float64).round(_DECIMALS) + 0.0)
    return table.sort("region", "municipality_code", "practice_id", "outcome", "comparison", "years_from_start")


def remembered_effects(practices: pl.DataFrame, cells: pl.DataFrame, rules: Rules, folder: Path | None) -> pl.DataFrame:
    """As :func:`practice_effects`; takes the result from ``folder`` when it was made from the same rows and rules."""
    practices = practices.select(pl.col(name).cast(dtype) for name, dtype in PRACTICES.items())
    cells = cells.select(pl.col(name).cast(dtype) for name, dtype in CELLS.items())
    ordered = practices.sort("region", "practice_id"), cells.sort("practice_id", "quarter_number", "outcome")
    return remembered("effects", ordered, rules, folder, lambda: practice_effects(*ordered, rules))


def _region_rows(practices: pl.DataFrame, cells: pl.DataFrame, rules: Rules) -> Iterator[dict[str, object]]:
    region = str(practices["region"][0])
    first, last = int(practices["first_quarter"][0]), int(practices["last_quarter"][0])
    if last < first:
        return
    for outcome in OUTCOMES:
        panel = _panel(practices, cells.filter(pl.col("outcome") == outcome), first, last)
        yield from _comparison_rows(_Place(region), outcome, compare(panel, rules), rules)
        if outcome != _COST:
            for row, municipality in enumerate(practices["municipality_code"]):
                place = _Place(region, municipality, panel.exposures[row].practice_id)
                yield _practice_row(place, outcome, panel, row, rules)


def _panel(practices: pl.DataFrame, cells: pl.DataFrame, first: int, last: int) -> Panel:
    """Quarters without a row count as zero."""
    exposures = tuple(
        Exposure(*values)
        for values in practices.select("practice_id", "before_until", "after_from", "after_until").iter_rows()
    )
    place = {exposure.practice_id: row for row, exposure in enumerate(exposures)}
    amounts, trajectories = np.zeros((2, len(exposures), last - first + 1))
    inside = cells.filter(pl.col("quarter_number").is_between(first, last), pl.col("practice_id").is_in(list(place)))
    for practice_id, quarter, amount, count in inside.select(
        "practice_id", "quarter_number", "amount", "trajectories"
    ).iter_rows():
        # credits can make a quarter's cost negative, which no Poisson model has
        amounts[place[practice_id], quarter - first] = max(amount, 0)
        trajectories[place[practice_id], quarter - first] = count
    return Panel(exposures, first, amounts, trajectories)


def _comparison_rows(
    place: _Place, outcome: str, comparison: Comparison | None, rules: Rules
) -> Iterator[dict[str, object]]:
    name = "with_against_without"
    if comparison is None:
        yield _row(place, outcome, name, TOO_FEW, too_few(outcome, name))
        return
    apart = comparison.p_trend_before is not None and comparison.p_trend_before <= 1 - rules.confidence
    verdict = (
        _direction(comparison.effect.share, LOWER, HIGHER) if comparison.is_clear(rules.confidence) else CANNOT_TELL
    )
    effect = comparison.effect
    yield _row(
        place,
        outcome,
        name,
        verdict,
        finding(outcome, name, effect.low, effect.high, verdict, apart_before=apart),
        **_figures(effect),
        p_permutation=comparison.p_permutation,
        p_trend_before=comparison.p_trend_before,
        practices_with=comparison.starters,
        practices_without=comparison.others,
        amount_before=comparison.before,
        amount_after=comparison.after,
    )
    for year, interval in comparison.by_year:
        if interval is None:
            yield _row(place, outcome, "by_year", TOO_FEW, too_few(outcome, "by_year", year), years_from_start=year)
            continue
        is_clear = not interval.low <= 0 <= interval.high
        verdict = _direction(interval.share, LOWER, HIGHER) if is_clear else CANNOT_TELL
        yield _row(
            place,
            outcome,
            "by_year",
            verdict,
            finding(outcome, "by_year", interval.low, interval.high, verdict, year=year),
            **_figures(interval),
            years_from_start=year,
            practices_with=comparison.starters,
            practices_without=comparison.others,
        )


def _practice_row(place: _Place, outcome: str, panel: Panel, row: int, rules: Rules) -> dict[str, object]:
    """One practice's own change: around its start, or, where it has none, of the last year."""
    name, before, after = _spans(panel, row, rules)
    counts = panel.amounts[row]
    first = panel.first_quarter
    n_before, n_after = (int(sum(counts[q - first] for q in span)) for span in (before, after))
    if (
        min(len(before), len(after)) < rules.minimum_quarters
        or n_before + n_after < rules.minimum_practice_trajectories
    ):
        return _row(place, outcome, name, TOO_FEW, too_few(outcome, name))
    change = rate_change(n_before, n_after, len(before), len(after), rules.confidence)
    verdict = _direction(change.share, FALLING, RISING) if change.is_clear(rules.confidence) else SAME
    return _row(
        place,
        outcome,
        name,
        verdict,
        finding(outcome, name, change.low, change.high, verdict),
        **_figures(change),
        amount_before=float(n_before),
        amount_after=float(n_after),
        quarters_before=len(before),
        quarters_after=len(after),
    )


def _spans(panel: Panel, row: int, rules: Rules) -> tuple[str, range, range]:
    """Which quarters of a practice are compared, and the name of that."""
    exposure, first, last = panel.exposures[row], panel.first_quarter, panel.last_quarter
    if exposure.before_until is None or exposure.after_from is None or exposure.before_until > last:
        middle = last + 1 - _YEAR
        return "last_year", range(max(first, middle - _YEAR), middle), range(max(first, middle), last + 1)
    after_until = last + 1 if exposure.after_until is None else min(last + 1, exposure.after_until)
    return (
        "before_after_start",
        range(max(first, exposure.before_until - rules.quarters_around), exposure.before_until),
        range(exposure.after_from, min(after_until, exposure.after_from + rules.quarters_around)),
    )


def _direction(share: float, down: str, up: str) -> str:
    return down if share < 0 else up


def _figures(found: Interval | Change) -> dict[str, float | None]:
    """The difference and its interval; an end that is not finite is null, the sentence says so."""
    ends = {"change_share": found.share, "change_low": found.low, "change_high": found.high, "p_value": found.p_value}
    return {name: value if np.isfinite(value) else None for name, value in ends.items()}


def _row(
    place: _Place, outcome: str, comparison: str, verdict: str, sentence: Sentence, **figures: object
) -> dict[str, object]:
    return {
        "region": place.region,
        "municipality_code": place.municipality_code,
        "practice_id": place.practice_id,
        "outcome": outcome,
        "comparison": comparison,
        "verdict": verdict,
        "sentence": sentence.en,
        "sentence_nl": sentence.nl,
        **figures,
    }
