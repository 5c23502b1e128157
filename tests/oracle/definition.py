"""Section 5 of the contract from end to end: a history in, the rows of the marts out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .allocations import care_by_number, standing_numbers, superseded_rows
from .attribution import attribute, of_trajectory
from .deliveries import Taken, accepted
from .history import DeclarationLine, History, StartEvent, StopEvent
from .lines import counting_lines
from .municipalities import Municipalities
from .segments import stretches
from .trajectories import TrajectoryYear, chains, first_months, years

STARTED = ("new", "extended")
STATUSES = ("new", "extended", "carried_over", "converted", "unknown")


@dataclass(frozen=True)
class PracticeTrajectories:
    """A row of marts.practice_trajectories."""

    municipality_code: str
    practice_id: str
    year: int
    care_profile: str
    status: str
    trajectories: int
    clients: int
    cost_eur: Decimal
    cost_open_eur: Decimal


@dataclass(frozen=True)
class PracticeYear:
    """A row of marts.practice_years."""

    municipality_code: str
    practice_id: str
    year: int
    domain: str
    clients: int
    active: int
    started: int
    new: int
    extended: int
    carried_over: int
    converted: int
    unknown: int
    cost_eur: Decimal
    cost_started_eur: Decimal
    cost_carried_over_eur: Decimal


def trajectory_years(history: History, max_gap_days: int = 31) -> list[list[TrajectoryYear]]:
    """The rows of marts.trajectory_years, together per trajectory; trajectories without any delivered year left out."""
    facts = _without_superseded_events(accepted(history))
    municipalities = Municipalities(history.reference.municipalities)
    numbers = standing_numbers(facts)
    care = care_by_number(facts, numbers, municipalities)
    found = stretches(numbers, care, counting_lines(facts, municipalities), history.reference, municipalities)
    segments = [segment for stretch in found for segment in stretch.segments]
    attributions = attribute(segments, facts, history.reference, municipalities)
    months = first_months(history.reference, _first_lines(facts, municipalities))
    rows = [
        years(trajectory, of_trajectory(list(trajectory.segments), attributions), months, municipalities)
        for trajectory in chains(found, max_gap_days)
    ]
    return [of_one for of_one in rows if of_one]


def practice_trajectories(rows: list[TrajectoryYear]) -> list[PracticeTrajectories]:
    """Contract: "Only cells with at least one trajectory or client" (settled readings)."""
    cells: dict[tuple, list[TrajectoryYear]] = defaultdict(list)
    for row in rows:
        cells[row.municipality_code, row.practice_id, row.year, row.care_profile, row.status].append(row)
    return [
        PracticeTrajectories(
            *key,
            trajectories=len(members),
            clients=len({row.client_key for row in members}),
            cost_eur=_cost(members),
            cost_open_eur=sum((row.cost_open_eur for row in members), Decimal(0)),
        )
        for key, members in cells.items()
    ]


def practice_years(rows: list[TrajectoryYear]) -> list[PracticeYear]:
    """Two roll-ups, never mixed: "active = all statuses; started = new + extended"."""
    cells: dict[tuple, list[TrajectoryYear]] = defaultdict(list)
    for row in rows:
        for domain in ("all", row.domain):
            cells[row.municipality_code, row.practice_id, row.year, domain].append(row)
    return [
        PracticeYear(
            *key,
            clients=len({row.client_key for row in members}),
            active=len(members),
            started=sum(row.status in STARTED for row in members),
            **{status: sum(row.status == status for row in members) for status in STATUSES},
            cost_eur=_cost(members),
            cost_started_eur=_cost([row for row in members if row.status in STARTED]),
            cost_carried_over_eur=_cost([row for row in members if row.status == "carried_over"]),
        )
        for key, members in cells.items()
    ]


def _cost(rows: list[TrajectoryYear]) -> Decimal:
    return sum((row.cost_eur for row in rows), Decimal(0))


def _without_superseded_events(facts: list[Taken]) -> list[Taken]:
    """A snapshot's row takes its start and stop with it when a newer one replaces it (3.2)."""
    gone = superseded_rows(facts)
    return [
        item
        for item in facts
        if not isinstance(item.fact, StartEvent | StopEvent)
        or (item.delivery.file_sha256, item.fact.row_number) not in gone
    ]


def _first_lines(facts: list[Taken], municipalities: Municipalities) -> dict[str, date]:
    """The first delivered day of all lines that a municipality received, counting or not, per successor's code."""
    found: dict[str, date] = {}
    for item in facts:
        if isinstance(item.fact, DeclarationLine):
            code = municipalities.reads_as(item.fact.municipality_code)
            found[code] = min(found.get(code, item.fact.period_from), item.fact.period_from)
    return found
