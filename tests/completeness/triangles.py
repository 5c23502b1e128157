"""Triangles with a known development, and Mack's formulas written out in loops."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import polars as pl

from pipelines.transformation.completeness import DEVELOPMENT


def month(number: int) -> date:
    """Months from January 2015."""
    return date(2015 + number // 12, number % 12 + 1, 1)


def triangle(
    amounts: Sequence[Sequence[int]], *, municipality: str = "0384", profile: str = "ggz", now: int | None = None
) -> pl.DataFrame:
    """Rows of a development: per care month the cents of each month of delay, cut off at now."""
    last = len(amounts) - 1 if now is None else now
    rows = [
        (municipality, profile, month(origin), delay, last - origin, cents)
        for origin, increments in enumerate(amounts)
        for delay, cents in enumerate(increments)
        if origin + delay <= last and cents
    ]
    return pl.DataFrame(rows, schema=DEVELOPMENT, orient="row")


def mack(amounts: Sequence[Sequence[int]]) -> dict[int, tuple[float, float]]:
    """Per age: share of the final amount, and standard error over ultimate of the care month of that age.

    For developments that end before the triangle does, so that no variance need be extrapolated (Mack 1993).
    """
    last = len(amounts) - 1
    known = [
        [sum(increments[: delay + 1]) for delay in range(last - origin + 1)]
        for origin, increments in enumerate(amounts)
    ]
    factors, variances, volumes = [], [], []
    for age in range(last):
        rows = [row for row in known if len(row) > age + 1]
        volume = sum(row[age] for row in rows)
        factor = sum(row[age + 1] for row in rows) / volume
        spread = sum(row[age] * (row[age + 1] / row[age] - factor) ** 2 for row in rows)
        factors.append(factor)
        variances.append(spread / (len(rows) - 1) if len(rows) > 1 else 0.0)
        volumes.append(volume)
    result = {}
    for row in known:
        age = len(row) - 1
        expected, error = float(row[-1]), 0.0
        for step in range(age, last):
            error += variances[step] / factors[step] ** 2 * (1 / expected + 1 / volumes[step])
            expected *= factors[step]
        result[age] = (row[-1] / expected, math.sqrt(error))
    return result
