"""The rest of the region: seven practices whose GGZ grows from 2018 to 2019, and care that no practice referred to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from random import Random

from demo.calendar import add_months, days, month_end
from demo.catalogue import (
    GGZ_PROFILES,
    LEUDAL,
    MUNICIPALITIES,
    NEDERWEERT,
    NEIGHBOURS,
    SERVICES,
    WEERT,
    Practice,
    Service,
)
from demo.planning import Supply, care_months, day_in, seeded, stop_day
from demo.trajectories import Incident, Referrer, Stretch, Trajectory

_PROFILE_WEIGHTS = (5, 4, 5, 8, 6, 3)
# A practice of the region that nobody has entered in the reference tables, and one written with a typing error.
UNKNOWN_GPS = ((WEERT, "Huisartsenpraktijk Demogrens"), (NEDERWEERT, "Demopraktijk Nederwert 4"))


@dataclass(frozen=True, slots=True)
class Growth:
    """How many GGZ trajectories begin at a practice in each year."""

    begun_2017: int
    begun_2018: int
    begun_2019: int


def growth(index: int) -> Growth:
    """Each practice grows, by five to seven trajectories: together more than Stramproy falls."""
    begun_2018 = 10 + index % 3
    return Growth(1 + index % 2, begun_2018, begun_2018 + 5 + index % 3)


def neighbour_trajectories(supply: Supply) -> list[Trajectory]:
    """Every trajectory of the seven practices."""
    planned = [t for i, practice in enumerate(NEIGHBOURS) for t in _of_practice(practice, growth(i), supply)]
    return _with_oddities(planned, supply)


def _of_practice(practice: Practice, numbers: Growth, supply: Supply) -> list[Trajectory]:
    random = seeded(practice.practice_id)
    result = []
    for year, count in ((2017, numbers.begun_2017), (2018, numbers.begun_2018), (2019, numbers.begun_2019)):
        profiles = [
            *random.choices(GGZ_PROFILES, _PROFILE_WEIGHTS, k=count),
            *["overig", "day_treatment"][: year - 2017],
        ]
        for profile in profiles:
            referrer = Referrer("02", _as_written(random, practice))
            result.append(_drawn(random, supply, practice.municipality_code, SERVICES[profile], referrer, year))
    return result


def _as_written(random: Random, practice: Practice) -> str:
    """The practice's name as somebody typed it: capitals, dots and dashes do not matter."""
    name = practice.names[random.randrange(len(practice.names))]
    return (name, name.upper(), name.replace(" ", "-"), f"Huisartsenpraktijk {name}")[random.randrange(4)]


def _drawn(
    random: Random, supply: Supply, municipality_code: str, service: Service, referrer: Referrer | None, year: int
) -> Trajectory:
    first = date(year, 10 + random.randrange(2), 1) if year == 2017 else date(year, 1 + random.randrange(11), 1)
    last_day = month_end(add_months(first, 2 + random.randrange(7)))
    stretches = _perhaps_extended(random, supply, Stretch(supply.number(), day_in(random, first), last_day))
    low, high = service.monthly_volume
    return Trajectory(
        supply.client(),
        municipality_code,
        service.provider_agbs[random.randrange(len(service.provider_agbs))],
        service,
        referrer,
        stretches,
        volumes={month: low + random.randrange(high - low + 1) for month in care_months(stretches)},
        stopped_on=stop_day(random, stretches),
    )


def _perhaps_extended(random: Random, supply: Supply, first: Stretch) -> tuple[Stretch, ...]:
    """One in four goes on: half under a new number, at once or within a month, half under the same number."""
    if random.random() < 0.75 or first.ends_on >= date(2019, 10, 31):
        return (first,)
    until = month_end(add_months(first.ends_on.replace(day=1), 2 + random.randrange(4)))
    if random.random() < 0.5:
        return (replace(first, moved_to=until, moved_on=first.ends_on - days(8)),)
    gap = random.choice((0, 0, 9, 24))
    return (first, Stretch(supply.number(), first.ends_on + days(1 + gap), until))


def _with_oddities(planned: list[Trajectory], supply: Supply) -> list[Trajectory]:
    """One line granted in part, one allocation without a product code, one client who comes back after half a year."""
    result = list(planned)
    month = date(2018, 8, 1)
    partly = next(i for i, t in enumerate(result) if month in t.volumes and t.service.domain == "ggz")
    result[partly] = replace(result[partly], incidents={month: Incident.GRANTED_IN_PART})
    plain = next(i for i, t in enumerate(result) if i > partly and len(t.stretches) == 1)
    result[plain] = replace(result[plain], has_product_code=False)
    ended = next(
        t for t in result if t.stretches[-1].last_day.year == 2018 and t.stretches[-1].last_day < date(2018, 9, 1)
    )
    # No request of its own: the practice is inherited from the earlier trajectory.
    resumes_on = month_end(add_months(ended.stretches[-1].last_day.replace(day=1), 6)) + days(1)
    again = (Stretch(supply.number(), resumes_on, month_end(add_months(resumes_on, 2))),)
    volumes = dict.fromkeys(care_months(again), ended.service.monthly_volume[0])
    return [
        *result,
        replace(ended, referrer=None, stretches=again, volumes=volumes, stopped_on=None, pause=None, incidents={}),
    ]


def unattributed_trajectories(supply: Supply) -> list[Trajectory]:
    """Care that belongs to no practice: other referrers, municipal access, unknown GPs, one without an allocation."""
    random = seeded("unattributed")
    result = []
    for municipality in MUNICIPALITIES:
        referrers: list[Referrer | None] = [
            Referrer("01", f"Gemeente {municipality.name}"),
            Referrer("03", "Jeugdarts GGD"),
            Referrer("04", "Gecertificeerde instelling"),
            Referrer("06", None),
            None,
            None,
        ]
        for referrer in referrers:
            for year in (2018, 2019):
                service = SERVICES[random.choice(GGZ_PROFILES)]
                result.append(_drawn(random, supply, municipality.code, service, referrer, year))
    for code, name in UNKNOWN_GPS:
        result.append(_drawn(random, supply, code, SERVICES["ggz_kort_intens"], Referrer("02", name), 2019))
    lost = _drawn(random, supply, LEUDAL, SERVICES["ggz_specialistisch_basis"], None, 2018)
    return [*result, replace(lost, has_allocation=False)]


def poh_trajectories(supply: Supply) -> list[Trajectory]:
    """Care for the four clients whom the POH referred; the youth and family centre signed, so not the practice's."""
    random = seeded("poh")
    plan = (
        ("ggz_specialistisch_aanvullend", date(2018, 10, 15), date(2019, 6, 30)),
        ("ggz_kort_intens", date(2018, 11, 5), date(2019, 2, 28)),
        ("ggz_specialistisch_aanvullend", date(2018, 12, 3), date(2019, 8, 31)),
        ("ggz_specialistisch_aanvullend", date(2019, 5, 13), date(2019, 11, 30)),
    )
    result = []
    for profile, starts_on, ends_on in plan:
        service = SERVICES[profile]
        stretches = (Stretch(supply.number(), starts_on, ends_on),)
        low, high = service.monthly_volume
        client = replace(supply.client(), birth_date=date(2003 + random.randrange(3), 4, 12), sex="2")
        result.append(
            Trajectory(
                client,
                WEERT,
                service.provider_agbs[-1],
                service,
                Referrer("01", "CJG Weert"),
                stretches,
                volumes={month: low + random.randrange(high - low + 1) for month in care_months(stretches)},
                stopped_on=ends_on,
            )
        )
    return result
