"""Draws a fixed number of histories from the strategies, the same ones for the same seed."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, seed, settings

from .history import History
from .strategies import histories


def sample(number: int, seed_value: int) -> list[History]:
    """`number` histories; only generated, never shrunk or remembered."""
    found: list[History] = []

    @seed(seed_value)
    @settings(
        max_examples=number,
        phases=(Phase.generate,),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(histories())
    def collect(history: History) -> None:
        found.append(history)

    collect()
    return found[:number]
