"""An outsider who has the published care tables and nothing else: a second attack, written apart from the first.

It states in plain loops what adds up to what, takes counts for whole numbers of at least one and euros for positive,
and asks scipy (with integers, for counts) for the least and the most that a suppressed cell can be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import polars as pl
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_array

STATUSES = ("new", "extended", "carried_over", "converted", "unknown")
Key = tuple[object, ...]


@dataclass
class Outsider:
    """What is read, and what adds up: per (how it is split, total) the parts of that total."""

    is_whole: bool
    known: dict[Key, float] = field(default_factory=dict)
    unknown: set[Key] = field(default_factory=set)
    sums: dict[tuple[str, Key], list[Key]] = field(default_factory=lambda: defaultdict(list))

    def read(self, key: Key, value: int | Decimal | None) -> None:
        if value is None:
            if key not in self.known:
                self.unknown.add(key)
        else:
            self.known[key] = float(value)
            self.unknown.discard(key)

    def add(self, split: str, total: Key, part: Key) -> None:
        if part not in self.sums[(split, total)]:
            self.sums[(split, total)].append(part)

    def bounds(self, keys: list[Key]) -> list[tuple[float, float]]:
        """The least and the most that each cell can be."""
        names = sorted(self.unknown, key=repr)
        place = {name: number for number, name in enumerate(names)}
        open_sums = [
            (total, parts)
            for (_, total), parts in self.sums.items()
            if any(name in self.unknown for name in (total, *parts))
        ]
        matrix, right = lil_array((len(open_sums), len(names))), np.zeros(len(open_sums))
        for number, (total, parts) in enumerate(open_sums):
            for name, sign in ((total, -1.0), *((part, 1.0) for part in parts)):
                if name in place:
                    matrix[number, place[name]] += sign
                else:
                    # a cell that no table has is nobody
                    right[number] -= sign * self.known.get(name, 0.0)
        rows = LinearConstraint(matrix.tocsr(), right - 1e-6, right + 1e-6)
        limits = Bounds(np.full(len(names), float(self.is_whole)), np.full(len(names), 1e7))
        return [(self._end(place[key], 1.0, rows, limits), self._end(place[key], -1.0, rows, limits)) for key in keys]

    def _end(self, column: int, direction: float, rows: LinearConstraint, limits: Bounds) -> float:
        cost = np.zeros(len(limits.lb))
        cost[column] = direction
        answer = milp(cost, constraints=rows, bounds=limits, integrality=np.full(len(cost), int(self.is_whole)))
        assert answer.status in (0, 3), answer.message
        return float("inf") if answer.x is None else float(answer.x[column])


def read_counts(tables: Mapping[str, pl.DataFrame], profiles: Mapping[str, str]) -> Outsider:
    """Trajectories: profiles and statuses of a practice, its quarters, municipalities, regions, attributions."""
    one = Outsider(is_whole=True)
    for row in tables["practice_trajectories"].iter_rows(named=True):
        place = _place(row)
        key = (*place, row["care_profile"], row["status"])
        one.read(key, row["trajectories"])
        one.add("profiles", (*place, profiles[row["care_profile"]], row["status"]), key)
    for row in tables["practice_years"].iter_rows(named=True):
        place, domain = _place(row), row["domain"]
        for group in ("active", "started", *STATUSES):
            one.read((*place, domain, group), row[group])
            if domain != "all":
                one.add("domains", (*place, "all", group), (*place, domain, group))
        for number, status in enumerate(STATUSES):
            one.add("statuses", (*place, domain, "active"), (*place, domain, status))
            if number < 2:
                one.add("statuses", (*place, domain, "started"), (*place, domain, status))
    for row in tables["referral_trend"].iter_rows(named=True):
        place, domain = (row["municipality_code"], row["practice_id"]), row["domain"]
        key = (*place, row["quarter"], domain, "new")
        one.read(key, row["new_trajectories"])
        one.add("quarters", (*place, int(row["quarter"][:4]), domain, "new"), key)
        if domain != "all":
            one.add("domains", (*place, row["quarter"], "all", "new"), key)
    _read_regions(one, tables["regional_comparison"], ("active", "started", "new"))
    _read_attributions(one, tables["attribution_coverage"], "active", "trajectories", "trajectories_total")
    return one


def read_euros(tables: Mapping[str, pl.DataFrame], profiles: Mapping[str, str]) -> Outsider:
    """Euros: profiles of a practice, domains, started and carried over, municipalities, regions, attributions."""
    one = Outsider(is_whole=False)
    for row in tables["practice_trajectories"].iter_rows(named=True):
        place, domain, status = _place(row), profiles[row["care_profile"]], row["status"]
        key = (*place, row["care_profile"], status)
        one.read(key, row["cost_eur"])
        one.add("profiles", (*place, domain, "cost_eur"), key)
        if status in STATUSES[:2]:
            one.add("profiles", (*place, domain, "cost_started_eur"), key)
        if status == "carried_over":
            one.add("profiles", (*place, domain, "cost_carried_over_eur"), key)
    for row in tables["practice_years"].iter_rows(named=True):
        place, domain = _place(row), row["domain"]
        for group in ("cost_eur", "cost_started_eur", "cost_carried_over_eur"):
            one.read((*place, domain, group), row[group])
            if domain != "all":
                one.add("domains", (*place, "all", group), (*place, domain, group))
    _read_regions(one, tables["regional_comparison"], ("cost_eur",))
    _read_attributions(one, tables["attribution_coverage"], "cost_eur", "cost_eur", "cost_total_eur")
    return one


def _place(row: Mapping[str, object]) -> Key:
    return row["municipality_code"], row["practice_id"], row["year"]


def _read_attributions(one: Outsider, table: pl.DataFrame, group: str, part: str, whole: str) -> None:
    for row in table.iter_rows(named=True):
        key = (row["municipality_code"], row["year"], row["attribution"])
        total = (row["municipality_code"], "*", row["year"], "all", group)
        one.read(key, row[part])
        one.read(total, row[whole])
        one.add("attributions", total, key)
        if row["attribution"] in ("unresolved", "not_gp", "none"):
            one.add("attributions", (row["municipality_code"], "unattributed", row["year"], "all", group), key)


def _read_regions(one: Outsider, table: pl.DataFrame, measures: tuple[str, ...]) -> None:
    for row in table.iter_rows(named=True):
        measure = str(row["measure"]).removesuffix("_rest_of_region")
        if measure not in measures:
            continue
        year, domain, region = row["year"], row["domain"], f"region {row['region']}"
        of_region = (region, "*", year, domain, measure)
        of_municipality = (row["municipality_code"], "*", year, domain, measure)
        own = (row["municipality_code"], row["practice_id"], year, domain, measure)
        if measure != row["measure"]:
            rest = (region, f"not {row['practice_id']}", year, domain, measure)
            one.read(rest, row["value"])
            one.add(f"rest of {row['practice_id']}", of_region, rest)
            one.add(f"rest of {row['practice_id']}", of_region, own)
        elif row["municipality_code"] == "all":
            one.read(of_region, row["value"])
        elif row["practice_id"] == "all":
            one.read(of_municipality, row["value"])
            if row["region"] != "unknown":
                one.add("municipalities", of_region, of_municipality)
        else:
            one.read(own, row["value"])
            one.add("practices", of_municipality, own)
