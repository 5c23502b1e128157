"""Stramproy 2018 and 2019: trajectories that add up to every number the evaluation prints, all at once.

Printed figures of the evaluation fix part of the plan below; the rest is the demo's choice, so that every statement
of the document holds. Clients and their care are synthetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import cycle
from random import Random

from demo.calendar import month_end
from demo.catalogue import SERVICES, STRAMPROY, Service
from demo.messages import Client
from demo.planning import (
    Shape,
    Supply,
    across,
    care_months,
    extended_by_date,
    extended_by_number,
    seeded,
    shares,
    stop_day,
    within,
)
from demo.trajectories import Incident, Pause, Referrer, Stretch, Trajectory


@dataclass(frozen=True, slots=True)
class ProfilePlan:
    """One care profile: which shapes of care, and what they cost in whole euros.

    Attributes:
        ended: shapes without care in 2019.
        extended, carried: shapes of care that began before 2019 and goes on in it, by their status then.
        started: shapes that begin in 2019.
        cost_2018: of all trajectories in 2018.
        cost_started, cost_carried: of 2019: new and extended ones, and carried-over ones.
    """

    service: str
    ended: tuple[Shape, ...] = ()
    extended: tuple[Shape, ...] = ()
    carried: tuple[Shape, ...] = ()
    started: tuple[Shape, ...] = ()
    cost_2018: int = 0
    cost_started: int = 0
    cost_carried: int = 0


def _older(first_day: date, last_day: date, moved_to: date | None = None, moved_on: date | None = None) -> Shape:
    def shape(_: Random, supply: Supply) -> tuple[Stretch, ...]:
        return (Stretch(supply.number(), first_day, last_day, moved_to, moved_on),)

    return shape


def _converted(_: Random, supply: Supply) -> tuple[Stretch, ...]:
    """Change reason 10: re-issued when the way of funding changed on 1 January 2018; extended by date in 2019."""
    first_day, last_day, moved_to = date(2018, 1, 1), date(2019, 1, 31), date(2019, 7, 31)
    return (Stretch(supply.number(), first_day, last_day, moved_to, date(2019, 1, 21), change_reason="10"),)


_IN_2018, _IN_2019 = within(2018), within(2019)
# Decided in 2018, begins in 2019: the year of the decision does not count.
_DECIDED_EARLY = extended_by_date(date(2018, 12, 31), date(2018, 12, 6))
_DECIDED_LATE = extended_by_date(date(2019, 2, 28), date(2019, 2, 18))
_NEXT_DAY = extended_by_number(date(2018, 12, 31), date(2019, 1, 1))
_IN_SPRING = extended_by_number(date(2019, 3, 14), date(2019, 3, 15))
_AFTER_A_GAP = extended_by_number(date(2018, 12, 14), date(2019, 1, 7))

PLAN = (
    ProfilePlan("ggz_kort_basis", (_IN_2018,) * 2, (), (across,), (_IN_2019,), 900, 450, 350),
    ProfilePlan("ggz_kort_aanvullend", (_IN_2018,) * 2, (), (across,), (_IN_2019,), 1400, 700, 600),
    ProfilePlan(
        "ggz_kort_intens",
        ended=(
            _older(date(2017, 10, 9), date(2018, 3, 31)),
            _older(date(2017, 11, 6), date(2018, 5, 31)),
            _IN_2018,
        ),
        extended=(_DECIDED_EARLY, _NEXT_DAY, _AFTER_A_GAP),
        carried=(
            _older(date(2017, 11, 13), date(2018, 3, 31), moved_to=date(2019, 3, 31), moved_on=date(2018, 3, 12)),
            *(across,) * 3,
        ),
        started=(_IN_2019,) * 4,
        cost_2018=8800,
        cost_started=5800,
        cost_carried=3000,
    ),
    ProfilePlan(
        "ggz_specialistisch_basis",
        ended=(_IN_2018,) * 6,
        extended=(_converted, _DECIDED_EARLY, _DECIDED_LATE, _NEXT_DAY, _IN_SPRING, _AFTER_A_GAP),
        carried=(across,) * 2,
        started=(_IN_2019,) * 5,
        cost_2018=41454,
        cost_started=27854,
        cost_carried=6000,
    ),
    ProfilePlan(
        "ggz_specialistisch_aanvullend",
        (_IN_2018,) * 2,
        (_IN_SPRING,),
        (across,) * 5,
        (_IN_2019,) * 2,
        37354,
        10000,
        27254,
    ),
    ProfilePlan(
        "ggz_specialistisch_intens",
        (),
        (_DECIDED_LATE, _NEXT_DAY),
        (across,) * 5,
        (_IN_2019,),
        58100,
        18000,
        40000,
    ),
    ProfilePlan("begeleiding_jmb", started=(_older(date(2019, 2, 4), date(2019, 12, 31)),), cost_started=45000),
    ProfilePlan("overig", (_IN_2018,) * 3, started=(_IN_2019,) * 5, cost_2018=9500, cost_started=5600),
    ProfilePlan("day_treatment", (_IN_2018,), started=(_IN_2019,) * 2, cost_2018=2492, cost_started=2392),
)


def stramproy_trajectories(supply: Supply) -> list[Trajectory]:
    """Every trajectory of the practice, with incidents that change no figure."""
    random = seeded("stramproy")
    names = cycle(STRAMPROY.names)
    planned = [t for plan in PLAN for t in _of_profile(plan, random, supply, names)]
    return _with_incidents(planned, supply)


def _of_profile(plan: ProfilePlan, random: Random, supply: Supply, names: Iterator[str]) -> list[Trajectory]:
    service = SERVICES[plan.service]
    groups = (("ended", plan.ended), ("extended", plan.extended), ("carried", plan.carried), ("started", plan.started))
    planned = [
        (group, _without_bill(service, shape(random, supply), supply.client(), next(names), random))
        for group, shapes in groups
        for shape in shapes
    ]
    cells: dict[tuple[int, date], int] = {}
    for year, members, euros in (
        (2018, {"ended", "extended", "carried"}, plan.cost_2018),
        (2019, {"extended", "started"}, plan.cost_started),
        (2019, {"carried"}, plan.cost_carried),
    ):
        months = [
            (index, month)
            for index, (group, trajectory) in enumerate(planned)
            for month in care_months(trajectory.stretches, trajectory.pause)
            if month.year == year and group in members
        ]
        if months:
            units, rest = divmod(euros * 100, service.tariff_cents)
            assert rest == 0, f"{plan.service} {year}: the amount is not a whole number of units"
            cells.update(zip(months, shares(units, [0.6 + 0.8 * random.random() for _ in months]), strict=True))
    return [replace(t, volumes=_volumes(t, index, cells)) for index, (_, t) in enumerate(planned)]


def _volumes(trajectory: Trajectory, index: int, cells: dict[tuple[int, date], int]) -> dict[date, int]:
    # Months of 2017 are in no printed figure; they make the older trajectories old.
    usual = sum(trajectory.service.monthly_volume) // 2
    return {month: cells.get((index, month), usual) for month in care_months(trajectory.stretches, trajectory.pause)}


def _without_bill(
    service: Service, stretches: tuple[Stretch, ...], client: Client, name: str, random: Random
) -> Trajectory:
    provider = service.provider_agbs[random.randrange(len(service.provider_agbs))]
    pause = None
    if service.care_profile == "ggz_specialistisch_intens" and len(stretches) == 1 and stretches[0].moved_to is None:
        pause = _summer_pause(stretches[0])
    return Trajectory(
        client,
        STRAMPROY.municipality_code,
        provider,
        service,
        Referrer("02", name),
        stretches,
        volumes={},
        stopped_on=stop_day(random, stretches),
        pause=pause,
    )


def _summer_pause(stretch: Stretch) -> Pause | None:
    """A temporary stop in the summer of 2018 for whoever was in care then."""
    if stretch.starts_on > date(2018, 6, 20) or stretch.ends_on < date(2018, 9, 30):
        return None
    return Pause(date(2018, 6, 29), date(2018, 9, 3))


def _with_incidents(planned: list[Trajectory], supply: Supply) -> list[Trajectory]:
    """Each incident on the first trajectory that has a fitting month; each on another trajectory."""
    wanted = [
        ("ggz_specialistisch_basis", date(2018, 9, 1), Incident.CREDITED),
        # The credit comes in 2019, the care was in 2018: the cost stays in 2018.
        ("ggz_specialistisch_aanvullend", date(2018, 11, 1), Incident.CREDITED),
        ("ggz_specialistisch_aanvullend", date(2019, 4, 1), Incident.REJECTED),
        ("ggz_kort_intens", date(2018, 12, 1), Incident.REJECTED),
        ("ggz_specialistisch_basis", date(2019, 5, 1), Incident.MISDATED),
        ("ggz_specialistisch_intens", date(2018, 10, 1), Incident.LATE),
    ]
    result = list(planned)
    for profile, month, incident in wanted:
        index = next(
            i
            for i, t in enumerate(result)
            if t.service.care_profile == profile and month in t.volumes and not t.incidents
        )
        result[index] = replace(result[index], incidents={month: incident})
    index = next(i for i, t in enumerate(result) if _is_simply_carried_over(t))
    mistake = Stretch(supply.number(), date(2019, 2, 1), month_end(date(2019, 12, 1)))
    result[index] = replace(result[index], withdrawn=mistake)
    return result


def _is_simply_carried_over(trajectory: Trajectory) -> bool:
    """One plain allocation over the turn of the year: a mistaken second one would make it an extension."""
    first = trajectory.stretches[0]
    is_plain = len(trajectory.stretches) == 1 and first.moved_to is None and not trajectory.incidents
    return is_plain and first.starts_on.year == 2018 and first.ends_on > date(2019, 3, 1)
