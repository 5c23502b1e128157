"""Shared words of the hand-computed cases: a reference world and the shortest way to its figures."""

from __future__ import annotations

from .build import sent
from .definition import trajectory_years
from .history import (
    Alias,
    AllocationVersion,
    CareProfileRule,
    DeclarationLine,
    Delivery,
    History,
    Municipality,
    Post,
    Practice,
    Reference,
)
from .trajectories import TrajectoryYear

WORLD = Reference(
    practices=(Practice("P1", "01999001", "0384"), Practice("P2", "01999002", "0384")),
    care_profiles=(
        CareProfileRule("*", "54002", "ggz_specialistisch_basis", "ggz"),
        CareProfileRule("*", "54001", "ggz_kort_basis", "ggz"),
    ),
    posts=(Post("01888001", "P2"),),
    aliases=(Alias("hash-p1", "P1"),),
    municipalities=(Municipality("0384"),),
)


def figures(*deliveries: Delivery, world: Reference = WORLD, max_gap_days: int = 31) -> list[list[TrajectoryYear]]:
    """Rows per trajectory, trajectories in order of start and client."""
    found = trajectory_years(History(deliveries, world), max_gap_days)
    return sorted(found, key=lambda rows: (rows[0].started_on, rows[0].client_key, rows[0].provider_agb))


def statuses(rows: list[TrajectoryYear]) -> dict[int, str]:
    """Status per year of one trajectory."""
    return {row.year: row.status for row in rows}


def declared(*lines: DeclarationLine) -> list[Delivery]:
    """Each line in a declaration of its own, so that none waits for another."""
    return [sent("JW323", str(one.period_to), f"D{n}", one) for n, one in enumerate(lines)]


def allocated(*versions: AllocationVersion) -> list[Delivery]:
    """Each version in a JW301 of its own day."""
    return [sent("JW301", str(one.allocated_on), f"T{n}", one) for n, one in enumerate(versions)]
