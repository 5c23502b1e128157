"""One comparison: the Poisson model it solves, whom it compares with whom, and when it says nothing."""

from __future__ import annotations

import itertools
import math
import warnings
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from pipelines.statistics.comparison import Panel, Rules, compare, intervals
from pipelines.statistics.shares import as_observed, effect_design, exchanged, solve, trend_design, year_design
from pipelines.statistics.stacks import build_stacks

from .panels import FIRST, World, exposure

RULES = Rules(permutations=99)
ONE_START = World([5] * 9 + [None] * 7, 10)
STAGGERED = World([5] * 5 + [7] * 5 + [11] * 4 + [None] * 6, 18, effect=math.log(0.75))


def drawn(world: World, seed: int) -> Panel:
    return world.draw(np.random.default_rng(seed))


def stacks_of(panel: Panel, rules: Rules = RULES):
    return build_stacks(
        panel.exposures, panel.first_quarter, panel.last_quarter, rules.quarters_around, rules.minimum_quarters
    )


def fitted(panel: Panel, formula: str, **columns: str) -> object:
    """pyfixest's fit of the stacked table, written out here again."""
    rows = []
    for number, stack in enumerate(stacks_of(panel)):
        for place, practice in enumerate(panel.exposures):
            if not (stack.starters[place] or stack.others[place]):
                continue
            for quarter in stack.quarters:
                is_after = quarter in stack.after
                rows.append(
                    {
                        "practice": practice.practice_id,
                        "stack": number,
                        "quarter": quarter,
                        "amount": panel.amounts[place, quarter - FIRST],
                        "exposed": int(stack.starters[place] and is_after),
                        "apart": 0.0 if is_after else int(stack.starters[place]) * stack.before.index(quarter) / 4,
                        "is_before": not is_after,
                    }
                )
    table = pl.DataFrame(rows)
    if "apart" in formula:
        table = table.filter("is_before")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyfixest

        return pyfixest.fepois(
            formula, table.to_pandas(), vcov={"CRV3": "practice"}, ssc=pyfixest.ssc(k_adj=False, G_adj=False)
        )


@pytest.mark.parametrize(("world", "seed"), [(ONE_START, 1), (STAGGERED, 2)])
@pytest.mark.parametrize(
    ("unknown", "design"), [("exposed", effect_design), ("apart", trend_design)], ids=["effect", "trend"]
)
def test_solution_is_that_of_pyfixest_and_so_is_its_standard_error(world, seed, unknown, design) -> None:
    panel = drawn(world, seed)
    stacks = stacks_of(panel)

    found = solve(stacks, design(stacks), panel.amounts, FIRST, as_observed(stacks))[0, 0]
    interval = intervals(stacks, design(stacks), panel, RULES)[0]

    fit = fitted(panel, f"amount ~ {unknown} | practice^stack + quarter^stack")
    practices = len(panel.exposures)
    error = fit.se().iloc[0] * math.sqrt((practices - 1) / practices)
    reach = (math.log1p(interval.high) - math.log1p(interval.low)) / 2
    assert found == pytest.approx(fit.coef().iloc[0], abs=1e-6)
    from scipy.stats import t

    assert reach / t.ppf(0.975, practices - 1) == pytest.approx(error, rel=1e-5)


def test_one_start_gives_the_ratio_of_ratios_of_totals() -> None:
    panel = drawn(ONE_START, 3)
    amounts, starters = panel.amounts, np.arange(16) < 9

    comparison = compare(panel, RULES)

    assert comparison is not None
    after, before = amounts[:, 5:].sum(axis=1), amounts[:, :5].sum(axis=1)
    ratio = after[starters].sum() / before[starters].sum() * before[~starters].sum() / after[~starters].sum()
    assert comparison.effect.share == pytest.approx(ratio - 1, abs=1e-6)
    assert (comparison.before, comparison.after) == (before[starters].sum(), after[starters].sum())
    assert (comparison.starters, comparison.others) == (9, 7)


def test_practice_that_has_a_poh_is_never_a_comparison_for_one_that_starts_later() -> None:
    panel = drawn(STAGGERED, 4)
    stacks = stacks_of(panel)

    assert [stack.before[-1] + 1 - FIRST for stack in stacks] == [5, 7, 11]
    for stack in stacks:
        for place, practice in enumerate(panel.exposures):
            if stack.others[place]:
                assert practice.before_until is None or practice.before_until > stack.after[-1]


def test_what_happens_at_early_starters_later_on_does_not_touch_the_effect_of_late_starters() -> None:
    world = World([5] * 6 + [16] * 6 + [None] * 6, 24)
    panel = drawn(world, 5)
    late = replace(RULES, quarters_around=4)
    changed = panel.amounts.copy()
    # the early starters' third year, when the late ones start: in no stack of theirs, and in none of their own
    changed[:6, 13:] *= 50

    found, again = compare(panel, late), compare(replace(panel, amounts=changed), late)

    assert found is not None
    assert again is not None
    # dealing out the starts anew does look at every quarter of every practice
    assert replace(again, p_permutation=found.p_permutation) == found


def test_years_are_counted_from_each_start() -> None:
    panel = drawn(World([9] * 6 + [None] * 6, 18, rate=30), 6)
    stacks = stacks_of(panel)

    _, years = year_design(stacks)

    assert years == (-2, 0, 1)
    comparison = compare(panel, RULES)
    assert comparison is not None
    by_year = {year: interval.share for year, interval in comparison.by_year if interval is not None}
    starters, others = panel.amounts[:6].sum(axis=0), panel.amounts[6:].sum(axis=0)
    reference = starters[5:9].sum() / others[5:9].sum()
    for year, quarters in ((-2, slice(1, 5)), (0, slice(9, 13)), (1, slice(13, 17))):
        assert by_year[year] == pytest.approx(starters[quarters].sum() / others[quarters].sum() / reference - 1)


def test_exchanged_starts_are_the_exact_distribution_over_all_ways_to_deal_them_out() -> None:
    panel = drawn(World([4] * 3 + [None] * 3, 8, rate=12), 7)
    stacks = stacks_of(panel)
    before, after = panel.amounts[:, :4].sum(axis=1), panel.amounts[:, 4:].sum(axis=1)

    dealt = exchanged(stacks, effect_design(stacks), panel.amounts, FIRST, 4000, seed=1)[:, 0]

    exact = set()
    for chosen in itertools.combinations(range(6), 3):
        rest = [place for place in range(6) if place not in chosen]
        ours = after[list(chosen)].sum() / before[list(chosen)].sum()
        exact.add(round(math.log(ours * before[rest].sum() / after[rest].sum()), 6))
    seen, times = np.unique(np.round(dealt, 6), return_counts=True)
    assert set(seen) == exact
    assert times.min() > 4000 / 20 * 0.7


def test_half_a_quarter_is_neither_before_nor_after_and_what_follows_an_end_is_left_out() -> None:
    halfway = replace(exposure(0, 4), after_from=FIRST + 5, after_until=FIRST + 9)
    stacks = build_stacks([halfway, exposure(1, None)], FIRST, FIRST + 11, around=8, minimum=4)

    assert [q - FIRST for q in stacks[0].before] == [0, 1, 2, 3]
    assert [q - FIRST for q in stacks[0].after] == [5, 6, 7, 8]


@pytest.mark.parametrize(
    "rules",
    [
        replace(RULES, minimum_practices=8),
        replace(RULES, minimum_quarters=6),
        replace(RULES, minimum_trajectories=100_000),
    ],
    ids=["practices", "quarters", "trajectories"],
)
def test_too_little_gives_no_comparison(rules: Rules) -> None:
    panel = drawn(ONE_START, 8)

    assert compare(panel, RULES) is not None
    assert compare(panel, rules) is None


def test_a_side_that_rests_on_one_practice_gives_no_comparison() -> None:
    panel = drawn(ONE_START, 9)
    amounts = panel.amounts.copy()
    amounts[10:, 5:] = 0

    assert compare(replace(panel, amounts=amounts, trajectories=amounts), RULES) is None


def test_estimate_that_does_not_settle_gives_no_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    import pyfixest
    from pyfixest.errors import NonConvergenceError

    def unsettled(*_: object, **__: object) -> None:
        raise NonConvergenceError

    monkeypatch.setattr(pyfixest, "fepois", unsettled)

    assert compare(drawn(ONE_START, 8), RULES) is None


def test_practice_without_any_trajectory_changes_nothing() -> None:
    panel = drawn(ONE_START, 10)
    with_an_empty_one = Panel(
        (*panel.exposures, exposure(16, 5)),
        FIRST,
        np.vstack([panel.amounts, np.zeros(10)]),
        np.vstack([panel.trajectories, np.zeros(10)]),
    )

    assert compare(with_an_empty_one, RULES) == compare(panel, RULES)


def test_size_of_the_list_of_a_practice_is_in_its_own_effect() -> None:
    panel = drawn(ONE_START, 11)
    scaled = panel.amounts * np.linspace(1, 4, 16)[:, None]

    import pyfixest

    table = pl.DataFrame(
        [
            (p, q, scaled[p, q], int(p < 9 and q >= 5), math.log(np.linspace(1, 4, 16)[p]))
            for p in range(16)
            for q in range(10)
        ],
        schema=["p", "q", "y", "d", "o"],
        orient="row",
    ).to_pandas()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with_offset = pyfixest.fepois("y ~ d | p + q", table, offset="o").coef().iloc[0]
        without = pyfixest.fepois("y ~ d | p + q", table).coef().iloc[0]

    assert with_offset == pytest.approx(without, abs=1e-6)


def test_estimator_gives_the_published_figures_of_its_own_example() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyfixest

        fit = pyfixest.fepois("Y ~ X1 + X2 | f1 + f2", pyfixest.get_data(model="Fepois"), vcov={"CRV1": "f1"})

    # as its page prints them
    assert fit.coef().round(3).to_list() == [-0.007, -0.015]
    assert round(float(fit.deviance), 3) == 1068.169
