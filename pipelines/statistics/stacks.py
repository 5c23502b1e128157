"""Which practices and quarters are compared with which, when practices start at different moments.

Practices that start in the same quarter form a stack with the practices that have not started by its last quarter.
Whoever has a POH already is never a comparison for whoever starts later (Cengiz, Dube, Lindner and Zipperer, 2019).
The quarter in which a practice starts or ends halfway is neither before nor after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Exposure:
    """When a practice has a POH, in quarters counted from year 0.

    Attributes:
        before_until: the first quarter that is no longer wholly before its start; None: it never starts.
        after_from: the first quarter that is wholly after its start.
        after_until: the first quarter that is no longer wholly before its end; None: it has not ended.
    """

    practice_id: str
    before_until: int | None = None
    after_from: int | None = None
    after_until: int | None = None


@dataclass(frozen=True)
class Stack:
    """One group of starters, and whom they are compared with.

    Attributes:
        before, after: quarters, each in order.
        starters, others: whether the practice at each place is one; nobody is both.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    starters: NDArray[np.bool_]
    others: NDArray[np.bool_]

    @property
    def quarters(self) -> tuple[int, ...]:
        """All quarters of the comparison, in order."""
        return self.before + self.after

    def year(self, quarter: int) -> int:
        """The year of a quarter, counted from the start: 0 is the first with a POH, -1 the last before it."""
        if quarter in self.after:
            return (quarter - self.after[0]) // 4
        return (quarter - self.before[-1] - 1) // 4


def build_stacks(
    exposures: Sequence[Exposure], first_quarter: int, last_quarter: int, around: int, minimum: int
) -> list[Stack]:
    """The stacks of a region, in order of start; starters with too short a time before or after are in none.

    Args:
        first_quarter, last_quarter: what was observed of all practices, both included.
        around: at most this many quarters before and after.
        minimum: at least this many quarters before, and after.
    """
    moments = [_moment(exposure, last_quarter) for exposure in exposures]
    stacks = []
    for moment in sorted({moment for moment in moments if moment is not None}):
        before_until, after_from, after_until = moment
        before = tuple(range(max(first_quarter, before_until - around), before_until))
        after = tuple(range(after_from, min(after_until, after_from + around)))
        if min(len(before), len(after)) < minimum:
            continue
        others = [e.before_until is None or e.before_until > after[-1] for e in exposures]
        if any(others):
            stacks.append(Stack(before, after, np.array([m == moment for m in moments]), np.array(others)))
    return stacks


def _moment(exposure: Exposure, last_quarter: int) -> tuple[int, int, int] | None:
    """When a practice starts and ends within what was observed: (before until, after from, after until)."""
    if exposure.before_until is None or exposure.after_from is None:
        return None
    end = last_quarter + 1
    return exposure.before_until, exposure.after_from, min(end, exposure.after_until or end)
