"""Does an interval contain the truth as often as it promises, and does a test cry wolf no more than it may.

Bounds are those of the binomial distribution for so many histories, at one in a thousand.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from scipy.stats import binom

from pipelines.statistics.comparison import Interval, Panel, Rules, compare, intervals
from pipelines.statistics.shares import Design, as_observed, effect_design, exchanged, solve, trend_design
from pipelines.statistics.stacks import Stack, build_stacks

from .panels import FIRST, World

HISTORIES = 300
RULES = Rules()
PLAIN = [5] * 19 + [None] * 9
STAGGERED = [5] * 7 + [7] * 6 + [10] * 6 + [None] * 9
FEW = [5] * 5 + [None] * 5


def histories(world: World, seed: int, count: int = HISTORIES) -> Iterator[tuple[Panel, list[Stack]]]:
    random = np.random.default_rng(seed)
    for _ in range(count):
        panel = world.draw(random)
        stacks = build_stacks(panel.exposures, FIRST, panel.last_quarter, RULES.quarters_around, RULES.minimum_quarters)
        yield panel, stacks


def found(world: World, seed: int, design: type[Design] | object) -> list[Interval]:
    return [intervals(stacks, design(stacks), panel, RULES)[0] for panel, stacks in histories(world, seed)]


def most(share: float, count: int = HISTORIES) -> int:
    """More than this does not happen by chance."""
    return int(binom.ppf(0.999, count, share))


@pytest.mark.parametrize(
    ("starts", "quarters", "effect"),
    [
        (PLAIN, 10, 0.0),
        (PLAIN, 10, math.log(0.75)),
        (STAGGERED, 18, 0.0),
        (STAGGERED, 18, math.log(0.75)),
        (FEW, 10, 0.0),
    ],
    ids=["none", "minus 25 %", "staggered, none", "staggered, minus 25 %", "fewest practices"],
)
def test_interval_contains_the_known_effect_as_often_as_it_promises(starts, quarters, effect) -> None:
    estimates = found(World(starts, quarters, effect=effect), 1, effect_design)

    missed = sum(not one.low <= math.expm1(effect) <= one.high for one in estimates)
    assert missed <= most(0.05)
    # and it is not so wide that it says nothing
    assert missed >= 1
    logs = np.log1p([one.share for one in estimates])
    assert abs(logs.mean() - effect) < 3.3 * logs.std() / math.sqrt(HISTORIES)


def test_test_of_no_effect_keeps_its_size_and_finds_a_quarter_less() -> None:
    none = found(World(PLAIN, 10), 2, effect_design)
    less = found(World(PLAIN, 10, rate=6, effect=math.log(0.6), whims=0.1), 3, effect_design)

    assert sum(one.p_value <= 0.05 for one in none) <= most(0.05)
    assert sum(one.p_value <= 0.05 and one.share < 0 for one in less) > 0.8 * HISTORIES


@pytest.mark.parametrize(("starts", "quarters"), [(PLAIN, 10), (STAGGERED, 18)], ids=["one start", "staggered"])
def test_permutation_keeps_its_size(starts, quarters) -> None:
    count, times = 200, 99
    low = 0
    for panel, stacks in histories(World(starts, quarters), 4, count):
        design = effect_design(stacks)
        effect = solve(stacks, design, panel.amounts, FIRST, as_observed(stacks))[0, 0]
        dealt = exchanged(stacks, design, panel.amounts, FIRST, times, seed=7)[:, 0]
        low += (1 + (np.abs(dealt) >= abs(effect) - 1e-9).sum()) / (1 + times) <= 0.05

    assert 1 <= low <= most(0.05, count)


def test_effect_that_grows_lies_between_its_first_and_its_last_value() -> None:
    """Where early starters served as comparison for late ones, the estimate could lie outside of both."""
    estimates = []
    for panel, stacks in histories(World(STAGGERED, 18, rate=20, whims=0), 5, 40):
        amounts = panel.amounts.copy()
        for place, start in enumerate(STAGGERED):
            if start is not None:
                for quarter in range(start, 18):
                    amounts[place, quarter] *= 0.9 ** (quarter - start)
        design = effect_design(stacks)
        estimates.append(solve(stacks, design, amounts, FIRST, as_observed(stacks))[0, 0])

    assert math.log(0.9**7) < np.mean(estimates) < math.log(0.9)


def test_trend_before_the_start_is_found_and_none_is_not() -> None:
    apart = found(World(PLAIN, 13, rate=6, drift=0.0), 6, trend_design)
    assert sum(one.p_value <= 0.05 for one in apart) <= most(0.05)

    world = World([8] * 19 + [None] * 9, 13, rate=8, drift=0.4, whims=0)
    drifting = found(world, 7, trend_design)
    assert sum(one.p_value <= 0.05 and one.share > 0 for one in drifting) > 0.8 * HISTORIES


def test_drift_is_said_beside_an_effect_that_need_not_be_the_poh() -> None:
    world = World([8] * 19 + [None] * 9, 13, rate=30, drift=-0.3, whims=0)
    panel = world.draw(np.random.default_rng(8))

    comparison = compare(panel, Rules(permutations=199))

    assert comparison is not None
    assert comparison.effect.high < 0
    assert comparison.p_permutation <= 0.05
    assert comparison.p_trend_before is not None
    assert comparison.p_trend_before <= 0.05
