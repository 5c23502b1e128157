"""Disclosure control and attack: 30 practices, and a region of 100, over 8 years, 10 profiles and 5 statuses."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from rich.table import Table

from benchmarks.care_worlds import World, facts_of
from benchmarks.measuring import measured
from pipelines.disclosure.facts import Facts
from pipelines.disclosure.protection import Protected, protect_facts
from pipelines.settings import DisclosureSettings

# practices, municipalities, regions, years, trajectories of a practice in a year; and the limit in seconds on 2 cores
QUICK: Final = ((World(10, 3, 1, 8, 80.0), 60.0),)
FULL: Final = ((World(30, 6, 2, 8, 80.0), 60.0), (World(100, 8, 2, 8, 80.0), 300.0))


def run(sizes: tuple[tuple[World, float], ...]) -> Iterator[Table]:
    """One table, a line per size."""
    table = Table(title="Disclosure control and attack")
    for heading in ("practices", "years", "cells", "suppressed", "exposed", "processor s", "clock s", "limit s"):
        table.add_column(heading, justify="right", no_wrap=True)
    for world, limit in sizes:
        kept: list[Protected] = []
        taken = measured(partial(_protect, facts_of(world, seed=1), kept))
        suppressed = int((kept[0].mask["state"] != "shown").sum())
        figures = (taken.cpu_seconds, taken.wall_seconds, limit)
        table.add_row(
            str(world.practices),
            str(world.years),
            str(taken.rows),
            str(suppressed),
            str(len(kept[0].failures)),
            *(f"{figure:.1f}" for figure in figures),
        )
    yield table


def _protect(facts: Facts, kept: list[Protected]) -> int:
    kept.append(protect_facts(facts, DisclosureSettings(), []))
    return kept[0].mask.height
