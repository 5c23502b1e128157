"""The Poisson model with practice and quarter effects, solved for many arrangements of practices at once.

Given each quarter's total, the starters' part of it is binomial, and practice and quarter effects drop out: of the
Poisson model remains a logistic one with an intercept for each stack. Its solution is that of the Poisson model; a
test holds it to pyfixest. Leaving practices out one by one and exchanging them takes thousands of solutions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.statistics.stacks import Stack

Matrix = NDArray[np.float64]
_ITERATIONS = 40
_FARTHEST = 12.0
"""A log ratio beyond this is one of zero; where a total is zero there is no finite solution."""
_ARRANGEMENTS_AT_ONCE = 500


@dataclass(frozen=True)
class Design:
    """What is asked of the stacks' quarters.

    Attributes:
        quarters: per stack, the quarters that take part.
        values: per stack, quarters x unknowns.
    """

    quarters: tuple[tuple[int, ...], ...]
    values: tuple[Matrix, ...]


def effect_design(stacks: Sequence[Stack]) -> Design:
    """One unknown: the log of the ratio after the start."""
    return Design(
        tuple(stack.quarters for stack in stacks),
        tuple(np.array([[float(q in stack.after)] for q in stack.quarters]) for stack in stacks),
    )


def trend_design(stacks: Sequence[Stack]) -> Design:
    """One unknown: how fast, per year, starters and others moved apart before the start."""
    return Design(
        tuple(stack.before for stack in stacks),
        tuple(np.array([[q / 4] for q in range(len(stack.before))]) for stack in stacks),
    )


def year_design(stacks: Sequence[Stack]) -> tuple[Design, tuple[int, ...]]:
    """One unknown per year from the start, the year before it (-1) excepted; and these years in order."""
    positions = [[stack.year(q) for q in stack.quarters] for stack in stacks]
    years = tuple(sorted({year for stack in positions for year in stack} - {-1}))
    values = tuple(np.array([[float(year == y) for y in years] for year in stack]) for stack in positions)
    return Design(tuple(stack.quarters for stack in stacks), values), years


def solve(
    stacks: Sequence[Stack], design: Design, amounts: Matrix, first_quarter: int, roles: Sequence[tuple[Matrix, Matrix]]
) -> Matrix:
    """The unknowns for each arrangement of the practices.

    Args:
        amounts: practices x quarters from ``first_quarter`` on.
        roles: per stack, two matrices arrangements x practices: how far each practice is a starter, and another.

    Returns:
        Arrangements x unknowns.
    """
    parts, totals = [], []
    for quarters, (starters, others) in zip(design.quarters, roles, strict=True):
        cells = amounts[:, [q - first_quarter for q in quarters]]
        parts.append(starters @ cells)
        totals.append((starters + others) @ cells)
    intercepts = [np.eye(len(stacks))[[place] * len(quarters)] for place, quarters in enumerate(design.quarters)]
    matrix = np.hstack([np.vstack(intercepts), np.vstack(design.values)])
    solution = _logistic(np.hstack(parts), np.hstack(totals), matrix)
    return solution[:, len(stacks) :]


def _logistic(parts: Matrix, totals: Matrix, matrix: Matrix) -> Matrix:
    """Maximum likelihood by Newton's method; arrangements x unknowns."""
    unknowns = matrix.shape[1]
    solution = np.zeros((parts.shape[0], unknowns))
    # Without it a quarter or a stack without any amount would have no direction.
    steady = 1e-9 * np.eye(unknowns)
    for _ in range(_ITERATIONS):
        share = 1 / (1 + np.exp(-solution @ matrix.T))
        gradient = (parts - totals * share) @ matrix
        weights = totals * share * (1 - share)
        curvature = np.einsum("ac,ci,cj->aij", weights, matrix, matrix, optimize=True) + steady
        step = np.clip(np.linalg.solve(curvature, gradient[:, :, None])[:, :, 0], -2, 2)
        solution = np.clip(solution + step, -_FARTHEST, _FARTHEST)
        if np.abs(step).max(initial=0) < 1e-10:
            break
    return solution


def as_observed(stacks: Sequence[Stack]) -> list[tuple[Matrix, Matrix]]:
    """The roles as they are: one arrangement."""
    return [(stack.starters[None, :].astype(float), stack.others[None, :].astype(float)) for stack in stacks]


def without_one(stacks: Sequence[Stack], left_out: Sequence[int]) -> list[tuple[Matrix, Matrix]]:
    """As many arrangements as practices are named, each without one of them."""
    practices = len(stacks[0].starters)
    kept = np.ones((len(left_out), practices))
    kept[np.arange(len(left_out)), list(left_out)] = 0
    return [(kept * starters, kept * others) for starters, others in as_observed(stacks)]


def exchanged(
    stacks: Sequence[Stack], design: Design, amounts: Matrix, first_quarter: int, times: int, seed: int
) -> Matrix:
    """The unknowns when the practices' starts are dealt out anew among them, ``times`` times; times x unknowns."""
    random = np.random.default_rng(seed)
    practices = amounts.shape[0]
    dealt = []
    for done in range(0, times, _ARRANGEMENTS_AT_ONCE):
        count = min(_ARRANGEMENTS_AT_ONCE, times - done)
        places = random.permuted(np.tile(np.arange(practices), (count, 1)), axis=1)
        roles = [(stack.starters[places].astype(float), stack.others[places].astype(float)) for stack in stacks]
        dealt.append(solve(stacks, design, amounts, first_quarter, roles))
    return np.vstack(dealt)
