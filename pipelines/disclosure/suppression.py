"""Secondary suppression: which more figures must go, so that no suppressed one can be worked out.

First each relation alone: what is suppressed in it must be able to move. Then, while the attack finds a figure, the
cheapest change of the tables that moves it far enough, over all relations of all tables together (HiGHS); whatever is
shown and takes part in that change is suppressed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, hstack

from pipelines.disclosure.attack import Component, Demand, Flags, Intervals, Positions, attack, box, components, merged
from pipelines.disclosure.linear import Floats, Programme
from pipelines.disclosure.quantities import Quantities

_STILL: Final = 1e-6
_FREE: Final = 1e-4
_PLENTY: Final = 1e12
# more figures at once are quicker, and lose more to each other
_TURNS: Final = 60


@dataclass
class Suppression:
    """What is suppressed, and how far an outsider's intervals reach.

    Attributes:
        is_hidden: not published, by position.
        found: intervals of deviations.
        stuck: figures that nothing can protect, because an earlier publication gives them away.
    """

    is_hidden: Flags
    found: Intervals
    stuck: Flags


def suppress(quantities: Quantities, is_known: Flags, before: Flags, weights: Floats, demand: Demand) -> Suppression:
    """Suppress what is sensitive, and what gives it away.

    Args:
        quantities: all figures.
        is_known: figures that the outsider has from an earlier publication, whatever is done now.
        before: what is suppressed to begin with, besides what is sensitive.
        weights: what suppressing each costs.
        demand: how wide the interval of each figure must be once it is suppressed.
    """
    fixed = quantities.is_public | is_known
    is_hidden = _with_ties(quantities, suppress_sensitive_only(quantities) | before)
    is_hidden = _relation_by_relation(quantities, is_hidden, fixed, weights, demand)
    state = Suppression(is_hidden, Intervals.of(len(weights)), np.zeros(len(weights), dtype=bool))
    while True:
        unknown = state.is_hidden & ~fixed
        exposed = attack(
            quantities.relations, quantities.values, quantities.floors, unknown, demand, state.found, one_by_one=False
        )
        exposed = exposed[~state.stuck[exposed]]
        if not len(exposed):
            return state
        _protect(quantities, state, fixed, weights, demand, exposed)


def suppress_sensitive_only(quantities: Quantities) -> Flags:
    """Primary suppression: what may not be shown, what goes with it, and what no table shows."""
    return _with_ties(quantities, (quantities.is_sensitive | ~quantities.is_published) & ~quantities.is_public)


def _with_ties(quantities: Quantities, is_hidden: Flags) -> Flags:
    tied = np.isin(quantities.ties, quantities.ties[is_hidden])
    return is_hidden | (tied & ~quantities.is_public)


def _relation_by_relation(
    quantities: Quantities, is_hidden: Flags, fixed: Flags, weights: Floats, demand: Demand
) -> Flags:
    """Where the suppressed figures of one relation cannot make room for each other, the cheapest other one goes."""
    relations = quantities.relations
    free = quantities.is_published & ~fixed
    while True:
        is_unknown = is_hidden & ~fixed
        short = _short_relations(relations, is_unknown, quantities, demand)
        newly = np.zeros(len(weights), dtype=bool)
        for row in short:
            columns = relations.indices[relations.indptr[row] : relations.indptr[row + 1]]
            # one that another relation has just lost serves this one too
            candidates = columns[free[columns] & ~is_hidden[columns]]
            if len(candidates) and not newly[candidates].any():
                newly[candidates[np.argmin(weights[candidates])]] = True
        if not newly.any():
            return is_hidden
        is_hidden = _with_ties(quantities, is_hidden | newly)


def _short_relations(relations: csr_array, is_unknown: Flags, quantities: Quantities, demand: Demand) -> Positions:
    """Relations in which some suppressed figure cannot move as far as it must, whatever the others do."""
    entries = coo_array(relations)
    rows, columns = entries.coords
    inside = is_unknown[columns]
    rows, columns, positive = rows[inside], columns[inside], entries.data[inside] > 0
    capacity = np.clip(quantities.values - quantities.floors, 0.0, _PLENTY)[columns]
    size = relations.shape[0]

    def summed(weights: Floats, side: Flags) -> Floats:
        return np.bincount(rows[side], weights[side], minlength=size)[rows]

    one = np.ones(len(rows))
    # what is on the other side grows without end; what is on the same side shrinks to its floor
    others = np.where(positive, summed(one, ~positive), summed(one, positive))
    same = np.where(positive, summed(one, positive), summed(one, ~positive)) - 1
    same_capacity = np.where(positive, summed(capacity, positive), summed(capacity, ~positive)) - capacity
    other_capacity = np.where(positive, summed(capacity, ~positive), summed(capacity, positive))
    up = np.where(others > 0, _PLENTY, same_capacity)
    down = np.minimum(capacity, np.where(same > 0, _PLENTY, other_capacity))
    asked = demand.needed[columns] > 0
    met = demand.of(columns).met(-down, up)
    return np.unique(rows[asked & ~met])


def _protect(
    quantities: Quantities, state: Suppression, fixed: Flags, weights: Floats, demand: Demand, exposed: Positions
) -> None:
    is_exposed = np.zeros(len(weights), dtype=bool)
    is_exposed[exposed] = True
    for component in components(quantities.relations, ~fixed, is_exposed):
        inside = component.columns[is_exposed[component.columns]]
        if len(inside):
            _protect_component(quantities, state, weights, demand, component, inside)
            is_exposed[inside] = False
    # what hangs together with nothing that may still be suppressed
    state.stuck |= is_exposed


def _protect_component(
    quantities: Quantities,
    state: Suppression,
    weights: Floats,
    demand: Demand,
    component: Component,
    exposed: Positions,
) -> None:
    columns = component.columns
    search = _CheapestChange(component, *box(quantities.values, quantities.floors, demand, columns))
    own = demand.of(columns)
    is_open = np.zeros(len(columns), dtype=bool)
    is_open[np.searchsorted(columns, exposed)] = True

    def still_open(places: Positions) -> Positions:
        met = own.of(places).met(state.found.lowest[columns[places]], state.found.highest[columns[places]])
        return places[~met]

    def apply(answer: Floats | None) -> bool:
        if answer is None:
            return False
        state.is_hidden[columns[np.abs(answer) > _STILL]] = True
        state.is_hidden[:] = _with_ties(quantities, state.is_hidden)
        state.found.take(columns, answer)
        return True

    def move(places: Positions, direction: float) -> Floats | None:
        low, high = state.found.lowest[columns[places]], state.found.highest[columns[places]]
        own_of = own.of(places)
        back = np.where(own_of.is_two_sided, 0.0, -low if direction > 0 else high)
        back = np.where(own_of.is_whole, np.floor(back + _STILL), back)
        costs = np.where(state.is_hidden[columns], _FREE, weights[columns])
        return search.move(places, direction * np.maximum(own_of.needed - back, 0.0), costs)

    while is_open.any():
        places = still_open(np.flatnonzero(is_open))
        is_open[:] = False
        is_open[places] = True
        # figures that share no relation can be moved at once, and what moves for one may serve another
        together = _apart(component, places, max(1, len(exposed) // _TURNS))
        if apply(move(together, 1.0)):
            two_sided = together[own.is_two_sided[together]]
            if len(two_sided):
                apply(move(two_sided, -1.0))
        for place in still_open(together):
            alone = np.asarray([place])
            answers = [answer for answer in (move(alone, 1.0), move(alone, -1.0)) if answer is not None]
            if own.is_two_sided[place]:
                _ = [apply(answer) for answer in answers]
            elif answers:
                apply(min(answers, key=lambda answer: float(np.abs(answer) @ weights[columns])))
            if len(still_open(alone)):
                state.stuck[columns[place]] = True
            is_open[place] = False


def _apart(component: Component, places: Positions, most: int) -> Positions:
    """Of the places, at most so many that share no relation with each other."""
    matrix = csc_array(component.relations)
    taken = np.zeros(matrix.shape[0], dtype=bool)
    chosen: list[int] = []
    for place in places:
        if len(chosen) == most:
            break
        rows = matrix.indices[matrix.indptr[place] : matrix.indptr[place + 1]]
        if not taken[rows].any():
            taken[rows] = True
            chosen.append(int(place))
    return np.asarray(chosen, dtype=np.int64)


class _CheapestChange:
    """Changes of the tables that agree with all relations, each at the least cost of what it moves."""

    def __init__(self, component: Component, lower: Floats, upper: Floats) -> None:
        matrix, self._merged = merged(component.relations)
        self._size = matrix.shape[1]
        low, high = np.full(self._size, -np.inf), np.full(self._size, np.inf)
        np.maximum.at(low, self._merged, lower)
        np.minimum.at(high, self._merged, upper)
        # a column for every way up, then one for every way down
        self._bounds = np.concatenate([high, -low])
        self._programme = Programme(csr_array(hstack([matrix, -matrix])), np.zeros(2 * self._size), self._bounds)

    def move(self, places: Positions, by: Floats, costs: Floats) -> Floats | None:
        """The cheapest change in which the figures move at least so far, or None when there is none."""
        columns = self._merged[places]
        ways = np.where(by > 0, columns, columns + self._size)
        others = np.where(by > 0, columns + self._size, columns)
        if (np.abs(by) > self._bounds[ways] + _STILL).any():
            return None
        for way, other, least in zip(ways, others, np.abs(by), strict=True):
            self._programme.bound(int(way), least, max(self._bounds[way], least))
            self._programme.bound(int(other), 0.0, 0.0)
        own = np.bincount(self._merged, costs, minlength=self._size)
        answer = self._programme.minimise(np.concatenate([own, own]))
        for way in (*ways, *others):
            self._programme.bound(int(way), 0.0, self._bounds[way])
        return None if answer is None else (answer[: self._size] - answer[self._size :])[self._merged]
