"""The attack: what somebody who has all published tables can derive of each figure that they hide.

It knows the relations between figures, the published values and the floors, and nothing of how the suppression was
chosen. Deviations are from the exact value: the exact tables are one possible answer,
so every interval holds 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from pipelines.disclosure.linear import Floats, Programme

Flags = NDArray[np.bool_]
Positions = NDArray[np.int64]

_IDLE: Final = 4
_TOLERANCE: Final = 1e-6
_LOOSE: Final = 1e-4
_BATCH: Final = 500
# an outsider who finds no upper bound is given one this many times the size of everything that hangs together
_BOX: Final = 2.0


@dataclass(frozen=True)
class Demand:
    """How far the interval of each figure must reach; 0 where nothing is asked.

    Attributes:
        needed: the width of the interval, or where it must reach to both sides, the reach to either.
        is_whole: a count, which can only be a whole number.
        is_two_sided: must reach below and above: the amount of few clients, of which the largest must not be guessed.
    """

    needed: Floats
    is_whole: Flags
    is_two_sided: Flags

    def of(self, positions: Positions) -> Demand:
        """The demand of some figures."""
        return Demand(self.needed[positions], self.is_whole[positions], self.is_two_sided[positions])

    def met(self, lowest: Floats, highest: Floats) -> Flags:
        """Whether intervals of deviations are wide enough."""
        whole = np.floor(highest + _TOLERANCE) - np.ceil(lowest - _TOLERANCE)
        width = np.where(self.is_whole, whole, highest - lowest)
        reach = np.minimum(highest, -lowest)
        return np.where(self.is_two_sided, reach, width) >= self.needed * (1 - _TOLERANCE)


@dataclass
class Intervals:
    """Lowest and highest deviation found so far, per figure, with the answers that showed them.

    They only ever grow wider: what is possible with some figures suppressed stays possible when more are.
    """

    lowest: Floats
    highest: Floats
    answers: list[tuple[Positions, Floats]] = field(default_factory=list)

    @classmethod
    def of(cls, size: int) -> Intervals:
        """Intervals of a point."""
        return cls(np.zeros(size), np.zeros(size))

    def widen(self, positions: Positions, lowest: Floats, highest: Floats) -> None:
        """Reach at least so far."""
        self.lowest[positions] = np.minimum(self.lowest[positions], lowest)
        self.highest[positions] = np.maximum(self.highest[positions], highest)

    def take(self, positions: Positions, deviations: Floats) -> None:
        """One more possible answer, kept so that somebody else can check it."""
        moving = np.abs(deviations) > _TOLERANCE
        positions, deviations = positions[moving], deviations[moving]
        if (deviations < self.lowest[positions]).any() or (deviations > self.highest[positions]).any():
            self.answers.append((positions, deviations))
            self.widen(positions, deviations, deviations)


def checked(
    answers: Sequence[tuple[Positions, Floats]], relations: csr_array, values: Floats, floors: Floats, is_unknown: Flags
) -> Intervals:
    """The intervals of those answers that agree with everything that is published; no other is believed."""
    found = Intervals.of(len(values))
    for begin in range(0, len(answers), _BATCH):
        batch = answers[begin : begin + _BATCH]
        sizes = [len(positions) for positions, _ in batch]
        rows = np.repeat(np.arange(len(batch)), sizes)
        columns = np.concatenate([positions for positions, _ in batch])
        moves = np.concatenate([deviations for _, deviations in batch])
        wrong = ~is_unknown[columns] | (values[columns] + moves < floors[columns] - _LOOSE)
        residue = relations @ csc_array((moves, (columns, rows)), shape=(len(values), len(batch)))
        fits = np.bincount(rows[wrong], minlength=len(batch)) == 0
        fits[coo_array(abs(residue) > _LOOSE).coords[1]] = False
        kept = fits[rows]
        np.minimum.at(found.lowest, columns[kept], moves[kept])
        np.maximum.at(found.highest, columns[kept], moves[kept])
    return found


def attack(
    relations: csr_array,
    values: Floats,
    floors: Floats,
    is_unknown: Flags,
    demand: Demand,
    found: Intervals,
    *,
    one_by_one: bool = True,
) -> Positions:
    """The unknown figures whose interval is narrower than demanded.

    Args:
        relations: rows that add up to a known number, n columns.
        values: the exact figures.
        floors: the smallest value that the outsider takes for possible.
        is_unknown: the figures that are not published.
        demand: how wide the intervals must be.
        found: intervals known to be possible; made wider in place.
        one_by_one: push each figure that is still open on its own, so that what is returned is certainly exposed;
            otherwise it may only look so.
    """
    asked = is_unknown & (demand.needed > 0)
    # what is in no relation can be anything
    alone = np.flatnonzero(asked & (csc_array(relations).count_nonzero(axis=0) == 0))
    found.widen(alone, *box(values, floors, demand, alone))
    for component in components(relations, is_unknown, asked & ~demand.met(found.lowest, found.highest)):
        _explore(component, values, floors, demand, found, one_by_one=one_by_one)
    return np.flatnonzero(asked & ~demand.met(found.lowest, found.highest))


@dataclass(frozen=True)
class Component:
    """Unknown figures that hang together: their relations and their positions."""

    relations: csr_array
    columns: Positions


def components(relations: csr_array, is_unknown: Flags, is_wanted: Flags) -> Iterator[Component]:
    """The unknown figures by what they hang together with, after taking out those that a relation gives away.

    Args:
        relations: rows that add up to a known number.
        is_unknown: figures that may move.
        is_wanted: of these, the figures whose components are asked for.
    """
    unknown = np.flatnonzero(is_unknown)
    part = csr_array(csc_array(relations)[:, unknown])
    free = np.ones(len(unknown), dtype=bool)
    while True:
        given = part[np.diff(part.indptr) == 1].indices
        if not len(given):
            break
        free[given] = False
        part = csr_array(csc_array(part) * free.astype(float)[None, :])
        part.eliminate_zeros()
    part = part[np.diff(part.indptr) > 1]
    rows, columns = part.shape
    graph = coo_array(part)
    edges = coo_array(
        (np.ones(graph.nnz), (graph.coords[0], rows + graph.coords[1])), shape=(rows + columns, rows + columns)
    )
    _, labels = connected_components(edges, directed=False)
    order = np.argsort(labels[rows:], kind="stable")
    row_order = np.argsort(labels[:rows], kind="stable")
    column_labels, row_labels = labels[rows:][order], labels[:rows][row_order]
    for label in np.unique(column_labels[(free & is_wanted[unknown])[order]]):
        inside = order[np.searchsorted(column_labels, label) : np.searchsorted(column_labels, label, side="right")]
        within = row_order[np.searchsorted(row_labels, label) : np.searchsorted(row_labels, label, side="right")]
        yield Component(csr_array(csc_array(part[within])[:, inside]), unknown[inside])


def box(values: Floats, floors: Floats, demand: Demand, columns: Positions) -> tuple[Floats, Floats]:
    """Finite bounds of deviations: down to the floor, up to several times all that there is."""
    reach = _BOX * np.abs(values[columns]).sum() + 10 * demand.needed[columns].max(initial=0) + 1000
    return np.maximum(floors[columns] - values[columns], -reach), np.full(len(columns), reach)


def _met(demand: Demand, found: Intervals, columns: Positions) -> Flags:
    return demand.of(columns).met(found.lowest[columns], found.highest[columns])


def _explore(
    component: Component, values: Floats, floors: Floats, demand: Demand, found: Intervals, *, one_by_one: bool
) -> None:
    columns = component.columns
    lower, upper = box(values, floors, demand, columns)
    if component.relations.shape[0] == 0:
        found.widen(columns, lower, upper)
    elif component.relations.shape[0] == 1:
        found.widen(columns, *_single(component.relations, lower, upper))
    else:
        search = _Search(component, lower, upper, demand, found)
        search.sweep()
        if one_by_one:
            search.each()


def _single(relation: csr_array, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """The exact intervals of figures with one relation: each gives what the others can take."""
    coefficients = np.zeros(relation.shape[1])
    coefficients[relation.indices] = relation.data
    lowest = np.where(coefficients > 0, coefficients * lower, coefficients * upper)
    highest = np.where(coefficients > 0, coefficients * upper, coefficients * lower)
    others_low, others_high = lowest.sum() - lowest, highest.sum() - highest
    least, most = np.maximum(lowest, -others_high), np.minimum(highest, -others_low)
    ends = np.stack([least / coefficients, most / coefficients])
    return ends.min(axis=0), ends.max(axis=0)


class _Search:
    """The possible answers of one component, found with HiGHS: figures that must be equal are one column."""

    def __init__(self, component: Component, lower: Floats, upper: Floats, demand: Demand, found: Intervals) -> None:
        self._columns, self._demand, self._found = component.columns, demand, found
        matrix, self._merged = merged(component.relations)
        low = np.full(matrix.shape[1], -np.inf)
        high = np.full(matrix.shape[1], np.inf)
        np.maximum.at(low, self._merged, lower)
        np.minimum.at(high, self._merged, upper)
        self._programme = Programme(matrix, low, high)
        self._size = matrix.shape[1]

    def _open(self) -> Flags:
        return ~_met(self._demand, self._found, self._columns)

    def _push(self, costs: Floats) -> None:
        answer = self._programme.minimise(np.bincount(self._merged, costs, minlength=self._size).astype(np.float64))
        if answer is not None:
            self._found.take(self._columns, answer[self._merged])

    def sweep(self) -> None:
        """Push many open figures at once, each in a random direction: one answer widens many intervals."""
        random = np.random.default_rng(0)
        share, idle = 1.0, 0
        while idle < _IDLE:
            is_open = self._open()
            before = int(is_open.sum())
            if before == 0:
                return
            chosen = is_open & (random.random(len(is_open)) < max(share, 1.0 / before))
            scale = np.where(chosen, 1.0 / np.maximum(self._demand.needed[self._columns], 0.01), 0.0)
            self._push(scale * random.choice([-1.0, 1.0], len(scale)))
            after = int(self._open().sum())
            # fewer at once get less in each other's way
            share = share if after < 0.8 * before else max(share / 2, 0.02)
            idle = 0 if after < before else idle + 1

    def each(self) -> None:
        """Push what is still open on its own, both ways."""
        for place in np.flatnonzero(self._open()):
            for direction in (-1.0, 1.0):
                if self._open()[place]:
                    costs = np.zeros(len(self._columns))
                    costs[place] = direction
                    self._push(costs)


def merged(relations: csr_array) -> tuple[csr_array, Positions]:
    """The relations with columns that must be equal made one, and the new number of each column.

    Such columns are many: a figure under another definition that gives the same, a period
    in which nothing else happened.
    """
    rows = relations.shape[0]
    pairs = np.flatnonzero(np.diff(relations.indptr) == 2)
    starts = relations.indptr[pairs]
    opposite = relations.data[starts] == -relations.data[starts + 1]
    first, second = relations.indices[starts[opposite]], relations.indices[starts[opposite] + 1]
    size = relations.shape[1]
    links = coo_array((np.ones(len(first)), (first, second)), shape=(size, size))
    count, labels = connected_components(links, directed=False)
    joining = csr_array((np.ones(size), (np.arange(size), labels)), shape=(size, count))
    smaller = csr_array(relations @ joining)
    smaller.data[np.abs(smaller.data) < _TOLERANCE] = 0.0
    smaller.eliminate_zeros()
    smaller.sort_indices()
    seen: dict[tuple[bytes, bytes], int] = {}
    for row in range(rows):
        span = slice(smaller.indptr[row], smaller.indptr[row + 1])
        if span.stop > span.start:
            data = smaller.data[span] / smaller.data[span.start]
            seen.setdefault((smaller.indices[span].tobytes(), data.tobytes()), row)
    return csr_array(smaller[sorted(seen.values())]), labels.astype(np.int64)
