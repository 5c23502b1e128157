"""A POH's dossier as the demo plans it, and its age arithmetic.

Belongs here: what both evaluations' registrations have in common. Does not belong here: who there is (stramproy_poh,
hilversum_poh) and how a file looks (exports).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from random import Random

from demo.calendar import days
from demo.messages import Client


@dataclass(frozen=True, slots=True)
class Registration:
    """One dossier; texts as a POH would write them, in Dutch.

    Attributes:
        practice: as the export names it: a name, an alias or an AGB code.
        client: gives BSN and birth date; None where the export has no BSN.
        age: whole years on ``referred_on``.
        sex: COD046: ``1`` male, ``2`` female.
        intake_on, closed_on: None where there was no intake, or where the dossier is open.
        reason: why it was closed: free text, which nothing of ours may keep.
    """

    registration_id: str
    municipality_code: str
    practice_id: str
    practice: str
    client: Client | None
    age: int
    sex: str
    referred_on: date
    intake_on: date | None = None
    closed_on: date | None = None
    reporter: str | None = None
    problem: str | None = None
    activities: tuple[str, ...] = ()
    contacts: int | None = None
    clarification: str | None = None
    support: tuple[str, ...] = ()
    treatment: str | None = None
    referred_to: str | None = None
    referred_profile: str | None = None
    formal_referrer: str | None = None
    bridging: str | None = None
    reason: str | None = None


def aged(client: Client, age: int, on: date, sex: str, random: Random) -> Client:
    """The client, born so that they are ``age`` whole years old on the day."""
    birthday = date(on.year - age, on.month, min(on.day, 28))
    return replace(client, birth_date=birthday - days(random.randrange(360)), sex=sex)


def age_of(client: Client, on: date) -> int:
    """Whole years on the day."""
    born = client.birth_date
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def as_known_on(registration: Registration, day: date) -> Registration:
    """The dossier before it was closed, as a snapshot of that day has it; a closed one stays as it is."""
    if registration.closed_on is not None and registration.closed_on < day:
        return registration
    goes_on = registration.treatment is not None
    return replace(
        registration,
        closed_on=None,
        contacts=None,
        clarification=registration.clarification if goes_on else None,
        treatment=None,
        referred_to=None,
        referred_profile=None,
        formal_referrer=None,
        bridging=None,
        reason=None,
    )
