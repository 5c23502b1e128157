"""BGGZ and SGGZ of Hilversum, 2019 to June 2021: 28 practices, 19 with a POH from March 2020; some rise, some fall.

Among the youth are some whom a POH saw: those it referred begin care soon after, a few of the others later or before.
No number of it is printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from demo.calendar import add_months, days, month_end
from demo.catalogue import PRACTICES, Practice, practitioner_agb_codes
from demo.hilversum_catalogue import (
    BGGZ,
    HILVERSUM,
    HILVERSUM_FIRST_MONTH,
    HILVERSUM_LAST_MONTH,
    HILVERSUM_PRACTICES,
    POH_FROM,
    SGGZ,
)
from demo.messages import Client
from demo.planning import Supply, care_months, day_in, seeded, stop_day
from demo.registrations import Registration
from demo.trajectories import Incident, Referrer, Stretch, Trajectory

# New trajectories before (14 months) and from the start of the POHs on (15 months), by practice: the first 19 have one.
_FALLING = ((14, 6), (12, 4), (13, 5), (10, 4), (16, 7))
_RISING = ((4, 12), (5, 13), (3, 10), (6, 15))
_EQUAL = ((7, 8), (8, 8), (6, 7), (9, 9), (5, 6), (7, 7), (10, 11), (6, 6), (8, 9), (5, 5))
_WITHOUT_POH = ((7, 8), (8, 10), (6, 6), (4, 11), (8, 9), (7, 7), (12, 5), (8, 9), (6, 7))
BEGUN = (*_FALLING, *_RISING, *_EQUAL, *_WITHOUT_POH)
_BGGZ_SHARE = 0.75
_LAST_DAY = month_end(HILVERSUM_LAST_MONTH)


@dataclass
class _PohClients:
    """Youth with a dossier and a BSN who have no care yet; each is handed out once."""

    dossiers: list[Registration]

    def fitting(self, practice: Practice, stretch: Stretch, random: Random) -> Registration | None:
        """A dossier of the practice to which the care may belong, so that its client gets it; mostly none."""
        for index, dossier in enumerate(self.dossiers):
            if dossier.practice_id == practice.practice_id and _precedes(dossier, stretch, random.random()):
                return self.dossiers.pop(index)
        return None


def _precedes(dossier: Registration, stretch: Stretch, chance: float) -> bool:
    """Care of those referred begins within ten weeks; that of few others, months later or before the dossier."""
    if dossier.closed_on is None:
        return False
    wait = (stretch.starts_on - dossier.closed_on).days
    if dossier.referred_profile is not None:
        return 14 <= wait <= 70
    is_earlier = stretch.last_day < dossier.referred_on - days(30)
    return (wait > 60 and chance < 0.02) or (is_earlier and chance < 0.01)


def hilversum_trajectories(supply: Supply, registrations: Sequence[Registration]) -> list[Trajectory]:
    """Every trajectory of the municipality; ``registrations`` are its POHs' dossiers."""
    known = _PohClients([r for r in registrations if r.client is not None])
    planned = [
        trajectory
        for index, (practice, numbers) in enumerate(zip(HILVERSUM_PRACTICES, BEGUN, strict=True))
        for trajectory in _of_practice(practice, len(PRACTICES) + index, numbers, supply, known)
    ]
    return [*_with_incidents(planned), *_without_practice(supply)]


def _of_practice(
    practice: Practice, place: int, begun: tuple[int, int], supply: Supply, known: _PohClients
) -> list[Trajectory]:
    random = seeded(practice.practice_id)
    before = [_month(random, HILVERSUM_FIRST_MONTH, 14) for _ in range(begun[0])]
    after = [_month(random, POH_FROM, 15) for _ in range(begun[1])]
    result = []
    for month in sorted([*before, *after]):
        names = (practice.name, practice.name.upper(), *practice.aliases)
        codes = (practice.agb_code, *practitioner_agb_codes(place))
        referrer = Referrer("02", random.choice(names), random.choice(codes))
        result.append(_drawn(random, supply, referrer, month, practice, known))
    return result


def _month(random: Random, first: date, count: int) -> date:
    return add_months(first, random.randrange(count))


def _drawn(
    random: Random,
    supply: Supply,
    referrer: Referrer | None,
    month: date,
    practice: Practice | None = None,
    known: _PohClients | None = None,
) -> Trajectory:
    service = BGGZ if random.random() < _BGGZ_SHARE else SGGZ
    lasts = 1 + random.randrange(4) if service is BGGZ else 4 + random.randrange(6)
    stretches = _perhaps_extended(
        random, supply, Stretch(supply.number(), day_in(random, month), month_end(add_months(month, lasts)))
    )
    dossier = known.fitting(practice, stretches[0], random) if practice and known else None
    low, high = service.monthly_volume
    return Trajectory(
        _client(dossier, supply),
        HILVERSUM.code,
        random.choice(service.provider_agbs),
        service,
        referrer,
        stretches,
        volumes={
            m: low + random.randrange(high - low + 1) for m in care_months(stretches, last_month=HILVERSUM_LAST_MONTH)
        },
        stopped_on=stop_day(random, stretches, HILVERSUM_LAST_MONTH),
    )


def _client(dossier: Registration | None, supply: Supply) -> Client:
    return dossier.client if dossier is not None and dossier.client is not None else supply.client()


def _perhaps_extended(random: Random, supply: Supply, first: Stretch) -> tuple[Stretch, ...]:
    """One in eight goes on under a new number, at once or nine days later."""
    resumes_on = first.ends_on + days(random.choice((1, 10)))
    if random.random() > 0.125 or resumes_on > _LAST_DAY:
        return (first,)
    return (first, Stretch(supply.number(), resumes_on, month_end(add_months(resumes_on.replace(day=1), 2))))


def _with_incidents(planned: list[Trajectory]) -> list[Trajectory]:
    """In 2020 and again in 2021 one month is declared too high and credited, and one is rejected and sent again."""
    wanted = [
        (date(2020, 5, 1), Incident.CREDITED),
        (date(2020, 9, 1), Incident.REJECTED),
        (date(2021, 2, 1), Incident.CREDITED),
        (date(2021, 3, 1), Incident.REJECTED),
    ]
    result = list(planned)
    for month, incident in wanted:
        index = next(i for i, t in enumerate(result) if month in t.volumes and not t.incidents)
        result[index] = replace(result[index], incidents={month: incident})
    return result


def _without_practice(supply: Supply) -> list[Trajectory]:
    """Care that no practice of Hilversum asked for: other referrers, one GP nobody knows, care without a request."""
    random = seeded("hilversum_others")
    referrers = (
        Referrer("01", "Gemeente Hilversum"),
        Referrer("01", "Gemeente Hilversum"),
        Referrer("03", "Jeugdarts GGD"),
        Referrer("02", "Huisartsenpraktijk Demoheide", "01999099"),
        None,
        None,
    )
    return [_drawn(random, supply, referrer, _month(random, HILVERSUM_FIRST_MONTH, 29)) for referrer in referrers]
