"""Shared words of the hand-computed cases: a reference world and the shortest way to its figures."""

from __future__ import annotations

from .definition import trajectory_years
from .history import (
    Alias,
    CareProfileRule,
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
