"""Practices with a POH against practices without, over time: one effect, its interval, and what speaks against it.

The effect is the Poisson estimate with practice and quarter effects of pyfixest, within stacks of starters
(``stacks``). A practice's number of registered youth is one number, so the practice's own effect contains it. The
standard error leaves each practice out in turn (CV3 of MacKinnon, Nielsen and Webb, 2023), because few practices make
the usual clustered one too small; the p-value beside it comes from dealing out the starts anew.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.statistics.shares import (
    Design,
    Matrix,
    as_observed,
    effect_design,
    exchanged,
    solve,
    trend_design,
    without_one,
    year_design,
)
from pipelines.statistics.stacks import Exposure, Stack, build_stacks

_SEED = 20180901
_FEWEST_QUARTERS_OF_A_TREND = 3


@dataclass(frozen=True)
class Rules:
    """On how little a comparison may rest, and how it is made.

    Attributes:
        confidence: of every interval, such as 0.95.
        quarters_around: at most this many quarters before and after a start.
        minimum_quarters: at least this many before, and after.
        minimum_practices: at least this many starters, and others.
        minimum_trajectories: at least this many at the starters, and at the others.
        minimum_practice_trajectories: at least this many for the rate test of one practice, and on each side in a year.
        permutations: how often the starts are dealt out anew.
    """

    confidence: float = 0.95
    quarters_around: int = 8
    minimum_quarters: int = 4
    minimum_practices: int = 5
    minimum_trajectories: int = 20
    minimum_practice_trajectories: int = 10
    permutations: int = 999


@dataclass(frozen=True)
class Interval:
    """A relative difference with its confidence interval; -0.25 is a quarter less."""

    share: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class Comparison:
    """What a region's practices say about one outcome.

    Attributes:
        effect: after the start, against before and against the others.
        p_permutation: share of exchanged starts with an effect at least as far from none.
        p_trend_before: of no different trend before the start; None where too few quarters lie before it.
        by_year: years from the start, the year before it (-1) excepted, and the difference from that year; None where
            starters or others have too few trajectories in either.
        starters, others: practices; who starts later may be among both.
        before, after: the starters' amounts.
    """

    effect: Interval
    p_permutation: float
    p_trend_before: float | None
    by_year: tuple[tuple[int, Interval | None], ...]
    starters: int
    others: int
    before: float
    after: float

    def is_clear(self, confidence: float) -> bool:
        """Whether interval and permutation both speak against no effect."""
        return not self.effect.low <= 0 <= self.effect.high and self.p_permutation <= 1 - confidence


@dataclass(frozen=True)
class Panel:
    """Amounts of one outcome, and when each practice has a POH.

    Attributes:
        exposures: of the practices, in the order of the rows of ``amounts``.
        amounts: practices x quarters, from ``first_quarter`` on.
        trajectories: the same shape: how many stand behind each amount.
    """

    exposures: tuple[Exposure, ...]
    first_quarter: int
    amounts: Matrix
    trajectories: Matrix

    @property
    def last_quarter(self) -> int:
        """The last quarter with a column."""
        return self.first_quarter + self.amounts.shape[1] - 1

    def among(self, rows: Sequence[int]) -> Panel:
        """The panel of these practices alone."""
        chosen = list(rows)
        return Panel(
            tuple(self.exposures[row] for row in chosen),
            self.first_quarter,
            self.amounts[chosen],
            self.trajectories[chosen],
        )


def compare(panel: Panel, rules: Rules) -> Comparison | None:
    """The effect of having a POH on one outcome; None where there is too little to compare."""
    everyone = _stacks(panel, rules)
    taking_part = np.zeros(len(panel.exposures), dtype=bool)
    for stack in everyone:
        quarters = [q - panel.first_quarter for q in stack.quarters]
        has_any = panel.amounts[:, quarters].sum(axis=1) > 0
        taking_part |= (stack.starters | stack.others) & has_any
    panel = panel.among(np.flatnonzero(taking_part).tolist())
    stacks = _stacks(panel, rules)
    if not _is_enough(stacks, panel, rules):
        return None
    starters = np.any([stack.starters for stack in stacks], axis=0)
    others = np.any([stack.others for stack in stacks], axis=0)
    log_ratio = _poisson_effect(stacks, panel)
    if log_ratio is None:
        return None
    effects = effect_design(stacks)
    effect = intervals(stacks, effects, panel, rules)[0]
    exchanged_effects = exchanged(stacks, effects, panel.amounts, panel.first_quarter, rules.permutations, _SEED)
    # a tie that differs in the last digit is a tie
    as_far = np.abs(exchanged_effects[:, 0]) >= abs(np.log1p(effect.share)) - 1e-9
    return Comparison(
        effect=replace(effect, share=float(np.expm1(log_ratio))),
        p_permutation=float((1 + as_far.sum()) / (1 + rules.permutations)),
        p_trend_before=_p_trend(stacks, panel, rules),
        by_year=tuple(_by_year(stacks, panel, rules)),
        starters=int(starters.sum()),
        others=int(others.sum()),
        before=sum(_amount(panel.amounts, panel, stack.starters, stack.before) for stack in stacks),
        after=sum(_amount(panel.amounts, panel, stack.starters, stack.after) for stack in stacks),
    )


def _stacks(panel: Panel, rules: Rules) -> list[Stack]:
    return build_stacks(
        panel.exposures, panel.first_quarter, panel.last_quarter, rules.quarters_around, rules.minimum_quarters
    )


def _is_enough(stacks: Sequence[Stack], panel: Panel, rules: Rules) -> bool:
    """Practices and trajectories enough on both sides, and no side without any amount before or after."""
    if not stacks:
        return False
    sides = [[stack.starters for stack in stacks], [stack.others for stack in stacks]]
    for side in sides:
        if np.any(side, axis=0).sum() < rules.minimum_practices:
            return False
        roles = list(zip(stacks, side, strict=True))
        if sum(_amount(panel.trajectories, panel, who, s.quarters) for s, who in roles) < rules.minimum_trajectories:
            return False
        if not all(
            _stands_without_any_one(panel, [(who, part(s)) for s, who in roles])
            for part in (attrgetter("before"), attrgetter("after"))
        ):
            return False
    return True


def _stands_without_any_one(panel: Panel, cells: Sequence[tuple[NDArray[np.bool_], tuple[int, ...]]]) -> bool:
    """Whether any amount is left without the largest practice: the standard error leaves each out in turn."""
    by_practice = sum(
        who * panel.amounts[:, [q - panel.first_quarter for q in quarters]].sum(axis=1) for who, quarters in cells
    )
    return bool(np.sum(by_practice) > np.max(by_practice))


def _amount(values: Matrix, panel: Panel, who: NDArray[np.bool_], quarters: Sequence[int]) -> float:
    columns = [q - panel.first_quarter for q in quarters]
    return float(values[who][:, columns].sum())


def _poisson_effect(stacks: Sequence[Stack], panel: Panel) -> float | None:
    """The log ratio that pyfixest estimates; None where its iterations do not settle, so that no night fails on it."""
    # Heavy: pandas, formulaic and numba come along.
    import pyfixest
    from pyfixest.errors import NonConvergenceError

    rows = _long(stacks, panel).to_pandas()
    with warnings.catch_warnings():
        # it warns of practices without any trajectory in a stack, which say nothing, and of what pandas will change
        warnings.simplefilter("ignore")
        try:
            fitted = pyfixest.fepois("amount ~ exposed | practice^stack + quarter^stack", rows, vcov="iid")
        except NonConvergenceError:
            return None
    return float(fitted.coef().loc["exposed"])


def _long(stacks: Sequence[Stack], panel: Panel) -> pl.DataFrame:
    """One row per stack, practice of it and quarter: the estimator's table."""
    return pl.DataFrame(
        [
            (place, row, quarter, panel.amounts[row, quarter - panel.first_quarter], int(starts and quarter in after))
            for place, stack in enumerate(stacks)
            for after in (set(stack.after),)
            for row, (starts, compares) in enumerate(zip(stack.starters, stack.others, strict=True))
            if starts or compares
            for quarter in stack.quarters
        ],
        schema={"stack": pl.Int64, "practice": pl.Int64, "quarter": pl.Int64, "amount": float, "exposed": pl.Int64},
        orient="row",
    )


def intervals(stacks: Sequence[Stack], design: Design, panel: Panel, rules: Rules) -> list[Interval]:
    """One interval per unknown of the design; the standard error leaves each practice out in turn."""
    from scipy.stats import t

    practices = len(panel.exposures)
    found = solve(stacks, design, panel.amounts, panel.first_quarter, as_observed(stacks))[0]
    deleted = solve(stacks, design, panel.amounts, panel.first_quarter, without_one(stacks, range(practices)))
    errors = np.sqrt((practices - 1) / practices * ((deleted - found) ** 2).sum(axis=0))
    reach = t.ppf((1 + rules.confidence) / 2, practices - 1) * errors
    p_values = 2 * t.sf(np.abs(found) / np.maximum(errors, 1e-12), practices - 1)
    return [
        Interval(float(np.expm1(value)), float(np.expm1(value - far)), float(np.expm1(value + far)), float(p_value))
        for value, far, p_value in zip(found, reach, p_values, strict=True)
    ]


def _by_year(stacks: Sequence[Stack], panel: Panel, rules: Rules) -> Iterator[tuple[int, Interval | None]]:
    """The difference in each year from the start, against the year before it."""
    design, years = year_design(stacks)
    found = dict(zip(years, intervals(stacks, design, panel, rules), strict=True))
    fewest = {
        year: min(
            sum(
                _amount(panel.trajectories, panel, who(stack), [q for q in stack.quarters if stack.year(q) == year])
                for stack in stacks
            )
            for who in (attrgetter("starters"), attrgetter("others"))
        )
        for year in (-1, *years)
    }
    for year in years:
        is_enough = min(fewest[-1], fewest[year]) >= rules.minimum_practice_trajectories
        yield year, found[year] if is_enough else None


def _p_trend(stacks: Sequence[Stack], panel: Panel, rules: Rules) -> float | None:
    if min(len(stack.before) for stack in stacks) < _FEWEST_QUARTERS_OF_A_TREND:
        return None
    return intervals(stacks, trend_design(stacks), panel, rules)[0].p_value
