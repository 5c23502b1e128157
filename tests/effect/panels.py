"""Practices and quarters with an effect that is known, because we put it there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.statistics.comparison import Panel
from pipelines.statistics.stacks import Exposure

FIRST = 8000


@dataclass(frozen=True)
class World:
    """What the truth is.

    Attributes:
        starts: per practice, the quarter of its start counted from the first; None: it never starts.
        quarters: observed.
        rate: new trajectories of a middling practice in a quarter.
        effect: on the log of the rate, from the start on.
        drift: of the starters' log rate, per year, from the first quarter on: not the POH's doing.
        whims: standard deviation of a practice's own change after the middle, on the log of its rate.
    """

    starts: Sequence[int | None]
    quarters: int
    rate: float = 3.0
    effect: float = 0.0
    drift: float = 0.0
    whims: float = 0.15

    def draw(self, random: np.random.Generator) -> Panel:
        """One history."""
        practices = len(self.starts)
        quarters = np.arange(self.quarters)
        starts = np.array([np.inf if start is None else start for start in self.starts])
        exposed = quarters[None, :] >= starts[:, None]
        log_rate = (
            np.log(self.rate)
            + random.normal(0, 0.4, practices)[:, None]
            + random.normal(0, 0.1, self.quarters)[None, :]
            + random.normal(0, self.whims, practices)[:, None] * (quarters >= self.quarters // 2)
            + self.effect * exposed
            + self.drift / 4 * quarters * np.isfinite(starts)[:, None]
        )
        amounts = random.poisson(np.exp(log_rate)).astype(float)
        return Panel(tuple(exposure(place, start) for place, start in enumerate(self.starts)), FIRST, amounts, amounts)


def exposure(place: int, start: int | None, end: int | None = None) -> Exposure:
    """A practice that starts (and ends) on the first day of a quarter, counted from the first."""
    name = f"practice_{place}"
    if start is None:
        return Exposure(name)
    return Exposure(name, FIRST + start, FIRST + start, None if end is None else FIRST + end)
