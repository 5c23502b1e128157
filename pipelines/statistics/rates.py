"""Is one rate the same as another: the exact test for two Poisson counts.

Given their sum, the later of two Poisson counts is binomial (Przyborowski and Wilenski, 1940); the interval is that of
Clopper and Pearson. It holds for any count, however small, and keeps its promise or errs on the careful side.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """How much one rate differs from another.

    Attributes:
        share: the relative difference; -0.25 is a quarter less.
        low, high: its confidence interval; ``high`` is infinite where nothing was counted before.
        p_value: two-sided, of no difference.
    """

    share: float
    low: float
    high: float
    p_value: float

    def is_clear(self, confidence: float) -> bool:
        """Whether no difference lies outside the interval, and the test agrees."""
        return not self.low <= 0 <= self.high and self.p_value <= 1 - confidence


def rate_change(before: int, after: int, time_before: float, time_after: float, confidence: float) -> Change:
    """The relative difference of the rate ``after / time_after`` from ``before / time_before``.

    Args:
        before, after: counts; not both zero.
        time_before, time_after: how long was counted, in the same unit.
        confidence: of the interval, such as 0.95.
    """
    # SciPy costs half a second to import.
    from scipy.stats import binomtest

    share_of_time = time_after / (time_before + time_after)
    test = binomtest(after, before + after, share_of_time)
    bounds = test.proportion_ci(confidence, method="exact")
    return Change(
        share=_relative(after / (before + after), share_of_time),
        low=_relative(bounds.low, share_of_time),
        high=_relative(bounds.high, share_of_time),
        p_value=float(test.pvalue),
    )


def _relative(share_of_count: float, share_of_time: float) -> float:
    """The ratio of rates, less one, at which the later count has this share of all."""
    if share_of_count >= 1:
        return float("inf")
    return float(share_of_count / (1 - share_of_count) * (1 - share_of_time) / share_of_time - 1)
