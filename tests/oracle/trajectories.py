"""Trajectories, their years and the two tables that count them (sections 5 and 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .attribution import UNATTRIBUTED, Attribution
from .history import Reference
from .municipalities import Municipalities
from .segments import Segment, Stretch

SYSTEM_CHANGED = "10"


@dataclass(frozen=True)
class Trajectory:
    """A chain of segments, in order, with its counting lines."""

    segments: tuple[Segment, ...]
    stretches: tuple[Stretch, ...]

    @property
    def first(self) -> Segment:
        return self.segments[0]


@dataclass(frozen=True)
class TrajectoryYear:
    """A row of marts.trajectory_years without its key. Money in euros."""

    year: int
    municipality_code: str
    client_key: str
    provider_agb: str
    care_profile: str
    domain: str
    practice_id: str
    attribution: str
    status: str
    started_on: date
    ended_on: date | None
    segments_started: int
    lines: int
    cost_eur: Decimal
    cost_open_eur: Decimal


def chains(stretches: Iterable[Stretch], max_gap_days: int) -> list[Trajectory]:
    """Contract: "a chain of segments of one client, provider, care profile and municipality in which each begins at
    most max_gap_days free days after the latest end so far".

    "All segments and lines of a number stay together", so that it is numbers that follow each other: the extensions of
    a number begin within it.
    """
    groups: dict[tuple, list[Stretch]] = defaultdict(list)
    for stretch in stretches:
        first = stretch.segments[0]
        groups[first.municipality_code, first.client_key, first.provider_agb, first.care_profile].append(stretch)
    found = []
    for members in groups.values():
        chain: list[Stretch] = []
        for stretch in sorted(members, key=lambda member: member.segments[0].order):
            if chain and not _follows(stretch.segments[0], [one.segments[0] for one in chain], max_gap_days):
                found.append(_trajectory(chain))
                chain = []
            chain.append(stretch)
        found.append(_trajectory(chain))
    return found


def _follows(segment: Segment, so_far: list[Segment], max_gap_days: int) -> bool:
    if any(earlier.ends_on is None for earlier in so_far):
        return True
    latest = max(earlier.ends_on for earlier in so_far if earlier.ends_on is not None)
    free_days = (segment.begins_on - latest).days - 1
    return free_days <= max_gap_days


def _trajectory(chain: list[Stretch]) -> Trajectory:
    segments = [segment for stretch in chain for segment in stretch.segments]
    return Trajectory(tuple(sorted(segments, key=lambda s: s.order)), tuple(chain))


def status(trajectory: Trajectory, year: int, first_months: dict[str, date], municipalities: Municipalities) -> str:
    """Contract: "exactly one for each trajectory delivered in Y"; "converted and unknown take precedence over new"."""
    first = trajectory.first
    if first.begins_on.year != year:
        later = any(segment.begins_on.year == year for segment in trajectory.segments[1:])
        return "extended" if later else "carried_over"
    if _start_was_not_observed(trajectory, first_months):
        return "unknown"
    return "converted" if _was_converted(first, municipalities) else "new"


def _start_was_not_observed(trajectory: Trajectory, first_months: dict[str, date]) -> bool:
    """Contract: "none of the trajectory's segments has an allocation", "its first line lies in the month of
    gegevens_vanaf"; "without gegevens_vanaf the municipality's first month with lines" (settled readings)."""
    if any(segment.allocation is not None for segment in trajectory.segments):
        return False
    first_line = min(one.line.period_from for stretch in trajectory.stretches for one in stretch.lines)
    return first_line.replace(day=1) == first_months[trajectory.first.municipality_code]


def _was_converted(first: Segment, municipalities: Municipalities) -> bool:
    """Contract: "the first segment; reason 10 in any of its versions; omzetting_op against its ingangsdatum"."""
    if first.allocation is None:
        return False
    if any(version.change_reason == SYSTEM_CHANGED for version in first.allocation.versions):
        return True
    row = municipalities.find(first.municipality_code)
    converted_on = row.converted_on if row else None
    return converted_on is not None and first.allocation.current.starts_on == converted_on


def years(
    trajectory: Trajectory,
    attribution: Attribution,
    first_months: dict[str, date],
    municipalities: Municipalities,
) -> list[TrajectoryYear]:
    """One row for each year in which "the trajectory has at least one counting line with ProductPeriode begin date"."""
    first = trajectory.first
    lines = [one for stretch in trajectory.stretches for one in stretch.lines]
    is_open = any(segment.ends_on is None for segment in trajectory.segments)
    ended_on = None if is_open else max(s.ends_on for s in trajectory.segments if s.ends_on is not None)
    rows = []
    for year in sorted({one.line.period_from.year for one in lines}):
        within = [one for one in lines if one.line.period_from.year == year]
        rows.append(
            TrajectoryYear(
                year=year,
                municipality_code=first.municipality_code,
                client_key=first.client_key,
                provider_agb=first.provider_agb,
                care_profile=first.care_profile,
                domain=first.domain,
                practice_id=attribution.practice_id or UNATTRIBUTED,
                attribution=attribution.how,
                status=status(trajectory, year, first_months, municipalities),
                started_on=first.begins_on,
                ended_on=ended_on,
                segments_started=sum(segment.begins_on.year == year for segment in trajectory.segments),
                lines=len(within),
                cost_eur=euros(sum(one.cents for one in within)),
                cost_open_eur=euros(sum(one.cents for one in within if one.is_open)),
            )
        )
    return rows


def euros(cents: int) -> Decimal:
    """Whole cents as euros, exactly."""
    return Decimal(cents).scaleb(-2)


def first_months(reference: Reference, first_lines: dict[str, date]) -> dict[str, date]:
    """The first day of the month of gegevens_vanaf, else of the municipality's first line, per successor's code."""
    found = {code: day.replace(day=1) for code, day in first_lines.items()}
    found.update(
        {row.municipality_code: row.data_since.replace(day=1) for row in reference.municipalities if row.data_since}
    )
    return found
