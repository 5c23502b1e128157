"""The 29 youth whom GPs of Stramproy referred to the POH: every number of the evaluation's tables, by hand.

The combination of answers in one dossier is the demo's choice; only their totals are printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from demo.calendar import days
from demo.catalogue import STRAMPROY, WEERT
from demo.messages import Client
from demo.planning import Supply, seeded
from demo.registrations import Registration, age_of, aged
from demo.trajectories import Trajectory

AMBULATORY, ADVICE, BACK, ONWARD = (
    "Ambulante hulp POH-jeugd",
    "Info en advies",
    "Terugverwezen naar huisarts",
    "Verwijzing gespecialiseerde hulp",
)
MOOD, SOCIAL, TOILET = "Stemmingsklachten", "Sociaal-emotionele ontwikkeling", "Zindelijkheidsproblematiek"
DIVORCE, DIAGNOSTICS, EDUCATION, MEDICATION = (
    "Echtscheiding",
    "Inzet diagnostiek",
    "Psycho-educatie",
    "Medicatieverstrekking",
)
_BOY, _GIRL = "1", "2"
_STILL_OPEN_FROM = date(2019, 10, 1)


@dataclass(frozen=True, slots=True)
class _Dossier:
    """What the plan fixes; ``reason`` is free text."""

    referred_on: date
    support: tuple[str, ...]
    age: int
    sex: str
    problem: str
    has_intake: bool = True
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Onward:
    """A dossier that ended in specialised care: its client and start are those of the trajectory."""

    support: tuple[str, ...]
    provider: str
    profile: str


# In order of the trajectories: three begin in 2018, one in 2019.
_REFERRED = (
    _Onward((AMBULATORY, ONWARD), "MediPSy", "GGZ specialistisch aanvullend"),
    _Onward((AMBULATORY, ONWARD), "MET GGZ", "GGZ kort intens"),
    _Onward((ONWARD,), "MediPSy", "GGZ specialistisch aanvullend"),
    _Onward((AMBULATORY, ONWARD), "PIO", "GGZ specialistisch aanvullend"),
)
_OTHERS = (
    _Dossier(date(2018, 9, 6), (AMBULATORY,), 16, _GIRL, MOOD),
    _Dossier(date(2018, 9, 20), (AMBULATORY,), 12, _GIRL, MOOD),
    _Dossier(date(2018, 10, 11), (AMBULATORY,), 5, _BOY, TOILET),
    _Dossier(date(2018, 11, 8), (AMBULATORY,), 17, _GIRL, MOOD),
    _Dossier(date(2018, 11, 22), (AMBULATORY,), 9, _BOY, SOCIAL),
    _Dossier(date(2018, 10, 18), (AMBULATORY, BACK), 8, _BOY, MEDICATION, reason="Medicatie via de huisarts"),
    _Dossier(date(2018, 12, 6), (ADVICE, BACK), 14, _GIRL, MOOD, reason="Op wens van de ouders"),
    _Dossier(date(2018, 9, 27), ("18+-ers",), 18, _GIRL, MOOD, has_intake=False),
    _Dossier(date(2018, 11, 15), ("Nog niet opgestart",), 6, _BOY, DIVORCE, has_intake=False),
    _Dossier(date(2018, 12, 13), ("Overig", "POH-GGZ volwassenen"), 17, _GIRL, MOOD, has_intake=False),
    _Dossier(date(2019, 1, 17), (AMBULATORY,), 12, _GIRL, MOOD),
    _Dossier(date(2019, 2, 7), (AMBULATORY,), 16, _GIRL, MOOD),
    _Dossier(date(2019, 3, 14), (AMBULATORY,), 5, _GIRL, SOCIAL),
    _Dossier(date(2019, 5, 9), (AMBULATORY,), 12, _GIRL, MOOD),
    _Dossier(date(2019, 6, 13), (AMBULATORY,), 15, _GIRL, MOOD),
    _Dossier(date(2019, 9, 12), (AMBULATORY,), 17, _GIRL, MOOD),
    _Dossier(date(2019, 10, 10), (AMBULATORY,), 10, _BOY, DIAGNOSTICS),
    _Dossier(date(2019, 3, 28), (AMBULATORY, BACK), 12, _GIRL, MOOD, reason="Op wens van de ouders"),
    _Dossier(date(2019, 1, 31), (ADVICE,), 3, _BOY, SOCIAL),
    _Dossier(date(2019, 7, 4), (ADVICE,), 6, _BOY, DIAGNOSTICS),
    _Dossier(date(2019, 11, 7), (ADVICE,), 8, _GIRL, DIVORCE),
    _Dossier(date(2019, 2, 21), ("Overig",), 16, _GIRL, MOOD, has_intake=False),
    _Dossier(date(2019, 12, 5), ("Niet opgestart",), 12, _GIRL, MOOD, has_intake=False),
    _Dossier(date(2019, 8, 22), ("Overig", ADVICE), 6, _BOY, EDUCATION, has_intake=False),
    _Dossier(date(2019, 10, 31), ("Overig", "WMO"), 15, _BOY, SOCIAL, has_intake=False),
)


def stramproy_registrations(supply: Supply, referred: Sequence[Trajectory]) -> list[Registration]:
    """All 29, in order of referral; everybody has a BSN.

    Args:
        referred: the trajectories of the four whom the POH referred, in order of their start.

    Raises:
        ValueError: there are not four of them.
    """
    random = seeded("stramproy_poh")
    made = [_referred(trajectory, onward) for trajectory, onward in zip(referred, _REFERRED, strict=True)]
    for dossier in _OTHERS:
        client = aged(supply.client(), dossier.age, dossier.referred_on, dossier.sex, random)
        intake_on = dossier.referred_on + days(4 + random.randrange(12)) if dossier.has_intake else None
        length = 60 + random.randrange(50) if AMBULATORY in dossier.support else 20
        is_open = AMBULATORY in dossier.support and dossier.referred_on >= _STILL_OPEN_FROM
        usual = 3 if AMBULATORY in dossier.support else 1
        made.append(
            replace(
                _plain(client, dossier.referred_on, dossier.support, dossier.problem),
                intake_on=intake_on,
                closed_on=None if is_open else dossier.referred_on + days(length),
                contacts=usual + random.randrange(4) if dossier.has_intake else None,
                reason=dossier.reason,
            )
        )
    ordered = sorted(made, key=lambda registration: registration.referred_on)
    return [
        replace(registration, registration_id=f"STR-{registration.referred_on.year}-{number:03d}")
        for number, registration in enumerate(ordered, start=1)
    ]


def _referred(trajectory: Trajectory, onward: _Onward) -> Registration:
    """Referred five weeks before specialised care began; the dossier was closed two weeks before."""
    starts_on = trajectory.stretches[0].starts_on
    return replace(
        _plain(trajectory.client, starts_on - days(36), onward.support, MOOD),
        intake_on=starts_on - days(30),
        closed_on=starts_on - days(14),
        contacts=2,
        referred_to=onward.provider,
        referred_profile=onward.profile,
        formal_referrer="CJG",
        reason="Verwezen naar gespecialiseerde hulp",
    )


def _plain(client: Client, referred_on: date, support: tuple[str, ...], problem: str) -> Registration:
    return Registration(
        registration_id="",
        municipality_code=WEERT,
        practice_id=STRAMPROY.practice_id,
        practice=STRAMPROY.name,
        client=client,
        age=age_of(client, referred_on),
        sex=client.sex,
        referred_on=referred_on,
        support=support,
        problem=problem,
    )
