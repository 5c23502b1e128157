"""Two Poisson counts: the exact test from its definition, a published example, and its promise."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.statistics.rates import rate_change


def probability(k: int, n: int, share: float) -> float:
    return math.comb(n, k) * share**k * (1 - share) ** (n - k)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 8), st.integers(1, 8))
def test_test_and_interval_are_those_of_the_definition(before: int, after: int, long: int, short: int) -> None:
    if before + after == 0:
        return
    n, share = before + after, short / (long + short)

    change = rate_change(before, after, long, short, 0.95)

    observed = probability(after, n, share)
    as_rare = [probability(k, n, share) for k in range(n + 1) if probability(k, n, share) <= observed * (1 + 1e-7)]
    assert change.p_value == pytest.approx(min(1.0, math.fsum(as_rare)))
    # at each end of the interval, what was seen or more of it has a chance of 2.5 %
    for bound, tail in ((change.low, range(after, n + 1)), (change.high, range(after + 1))):
        if -1 < bound < math.inf:
            ratio = (bound + 1) * short / long
            at_bound = ratio / (1 + ratio)
            assert math.fsum(probability(k, n, at_bound) for k in tail) == pytest.approx(0.025, rel=1e-4)


def test_published_example_of_two_rates_comes_out() -> None:
    """The example of R's poisson.test, of 11 cases in 800 and 21 in 3,011."""
    change = rate_change(21, 11, 3011, 800, 0.95)

    assert change.p_value == pytest.approx(0.07967, abs=5e-6)
    assert 1 + change.share == pytest.approx(1.971488, abs=5e-7)
    assert 1 + change.low == pytest.approx(0.8584264, abs=5e-7)
    assert 1 + change.high == pytest.approx(4.2772659, abs=5e-7)


@pytest.mark.parametrize(("before", "after"), [(0, 12), (12, 0)])
def test_none_before_or_after_has_one_finite_end_and_a_direction(before: int, after: int) -> None:
    change = rate_change(before, after, 4, 4, 0.95)

    assert change.is_clear(0.95)
    assert (change.share == math.inf) == (before == 0)
    assert (change.low > 0) == (before == 0)


@pytest.mark.parametrize("mean", [4, 9])
def test_same_rates_are_called_different_at_most_as_often_as_allowed(mean: int) -> None:
    weights = [math.exp(-mean) * mean**k / math.factorial(k) for k in range(40)]
    wrong = math.fsum(
        weights[a] * weights[b]
        for a in range(26)
        for b in range(26)
        if a + b > 0 and rate_change(a, b, 4, 4, 0.95).is_clear(0.95)
    )

    assert 0.01 < wrong <= 0.05
