"""Draws a fixed number of histories from the strategies, the same ones for the same seed."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, seed, settings

from .history import History
from .strategies import histories

# Hypothesis begins with the simplest example and later repeats itself with small changes, so every run is a short one.
EXAMPLES_A_RUN = 6


def sample(number: int, seed_value: int) -> list[History]:
    """`number` histories; only generated, never shrunk or remembered."""
    found: list[History] = []
    run = 0
    while len(found) < number:
        found += _run(seed_value * 10_000 + run)[1:]
        run += 1
    return found[:number]


def _run(seed_value: int) -> list[History]:
    found: list[History] = []

    @seed(seed_value)
    @settings(
        max_examples=EXAMPLES_A_RUN,
        phases=(Phase.generate,),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(histories())
    def collect(history: History) -> None:
        found.append(history)

    collect()
    return found
