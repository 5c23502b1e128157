"""Registrations of Hilversum's POHs: 231 youth seen in the first period, 392 in the second, 98 of them in both.

Totals per field are those of the letter, and the demo's choice where the letter prints none; which answers stand
together in one dossier is chance, as far as it must not be plausible.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from demo.calendar import days
from demo.catalogue import Practice
from demo.hilversum_catalogue import BGGZ_PROVIDER, HILVERSUM, SGGZ_PROVIDERS, TAKING_PART
from demo.planning import Supply, seeded
from demo.registrations import Registration, aged

SECOND_PERIOD = date(2020, 11, 1)
_LAST_DAY = date(2021, 6, 30)
_CONTINUES, _BGGZ, _SGGZ, _YOUTH_AND_FAMILY = "POH pakt verder op", "BGGZ", "SGGZ", "Jeugd en Gezin"
_NO_FURTHER = "Geen verdere ondersteuning nodig"
_NOT_REFERRED = "Geen verdere verwijzing nodig"

# Second period: what came of clarifying the question, all but the 187 with whom the POH went on.
CLARIFIED = {
    _NO_FURTHER: 47,
    _BGGZ: 59,
    "Ja, verwezen naar specialistische GGZ": 53,
    "BGGZ of SGGZ": 1,
    _YOUTH_AND_FAMILY: 14,
    "Voorveld": 8,
    "Vrij toegankelijke zorg": 3,
    "Jeugdconsulent gemeente": 4,
    "Jeugdaanbieder ambulant": 4,
    "Anders": 2,
}
TREATED = {
    _NOT_REFERRED: 150,
    f"Ja, {_BGGZ}": 11,
    f"Ja, {_SGGZ}": 3,
    _YOUTH_AND_FAMILY: 3,
    "Jeugdaanbieder ambulant": 1,
    "Jeugdconsulenten gemeente": 2,
    "Anders": 2,
}
_CONTINUING_AND_OPEN, _WITHOUT_OUTCOME = 15, 10
# Of the second period: dossiers that run on from the first.
_CARRIED_TREATED, _CARRIED_CLARIFIED = 90, 8
_FIRST_PERIOD_ONLY = {_NO_FURTHER: 40, _CONTINUES: 55, _BGGZ: 20, _SGGZ: 10, "Voorveld": 8}

# Contacts of the 367 closed dossiers: 176, 125, 55 and 11 in the letter's bands.
_CONTACTS_CLARIFIED = {1: 80, 2: 96, 3: 19}
_CONTACTS_TREATED = {3: 20, 4: 46, 5: 40, 6: 22, 8: 20, 10: 13, 11: 6, 14: 5}

REPORTERS = {
    "Ouder/verzorger": 265,
    "Jeugdige": 46,
    "Professional": 42,
    "Jeugdconsulent": 19,
    "School": 18,
    "Anders": 2,
}
PROBLEMS = {
    "Psychosociaal functioneren": 219,
    "Gezin en opvoeding": 113,
    "Jeugdige en omgeving": 37,
    "Cognitieve ontwikkeling": 20,
    "Psychosociale diagnostiek": 2,
    "Lichamelijke gezondheid": 1,
}
_GUIDANCE = "Bemiddeling en begeleiding bij verwijzing"
_ACTIVITIES = {
    "Triage en screening": 157,
    "Ondersteunende gesprekken": 124,
    "Kortdurende behandeling": 52,
    "Opvoedingsondersteuning": 34,
    "Psycho-educatie": 25,
}
# Ages of 161 boys (together 1,739 years) and 231 girls (2,888).
BOYS = {4: 2, 5: 5, 6: 10, 7: 12, 8: 14, 9: 18, 10: 17, 11: 17, 12: 17, 13: 11, 14: 10, 15: 12, 16: 8, 17: 8}
GIRLS = {4: 2, 5: 5, 6: 8, 7: 10, 8: 10, 9: 12, 10: 15, 11: 17, 12: 20, 13: 24, 14: 31, 15: 30, 16: 23, 17: 24}
_BSN_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class _Course:
    """How a dossier went: the outcomes, and the days on which it began and ended."""

    referred_on: date
    intake_on: date
    closed_on: date | None
    clarification: str | None
    treatment: str | None = None
    contacts: int | None = None


def hilversum_registrations(supply: Supply) -> list[Registration]:
    """Every dossier of both periods, in order of referral; three in five have a BSN."""
    random = seeded("hilversum_poh")
    second = _second_period(random)
    people = [*_people(second, random), *_people(_first_period(random), random)]
    made = [_with_person(person, supply, random) for person in people]
    ordered = sorted(made, key=lambda registration: registration.referred_on)
    return [replace(r, registration_id=f"HVS{number:05d}") for number, r in enumerate(ordered, start=1)]


def listed(counts: Mapping[str, int]) -> list[str]:
    """Each value as often as its count says."""
    return [value for value, count in counts.items() for _ in range(count)]


def _shuffled(random: Random, counts: Mapping[str, int]) -> list[str]:
    values = listed(counts)
    random.shuffle(values)
    return values


def _numbers(random: Random, counts: Mapping[int, int]) -> list[int]:
    values = [value for value, count in counts.items() for _ in range(count)]
    random.shuffle(values)
    return values


def _second_period(random: Random) -> list[_Course]:
    treated, clarified = _shuffled(random, TREATED), _shuffled(random, CLARIFIED)
    contacts_treated = _numbers(random, _CONTACTS_TREATED)
    contacts_clarified = _numbers(random, _CONTACTS_CLARIFIED)
    courses = []
    for index, (treatment, contacts) in enumerate(zip(treated, contacts_treated, strict=True)):
        course = _carried(random) if index < _CARRIED_TREATED else _new(random, last_start=150, shortest=30, longest=70)
        courses.append(replace(course, clarification=_CONTINUES, treatment=treatment, contacts=contacts))
    for index, (clarification, contacts) in enumerate(zip(clarified, contacts_clarified, strict=True)):
        is_carried = index < _CARRIED_CLARIFIED
        course = _carried(random) if is_carried else _new(random, last_start=205, shortest=2, longest=13)
        courses.append(replace(course, clarification=clarification, contacts=contacts))
    for index in range(_CONTINUING_AND_OPEN + _WITHOUT_OUTCOME):
        referred_on = date(2021, 5, 10) + days(random.randrange(35))
        intake_on = referred_on + days(3 + random.randrange(10))
        courses.append(_Course(referred_on, intake_on, None, _CONTINUES if index < _CONTINUING_AND_OPEN else None))
    return courses


def _carried(random: Random) -> _Course:
    """Referred in the first period, closed in the second."""
    referred_on = date(2020, 7, 20) + days(random.randrange(85))
    closed_on = SECOND_PERIOD + days(1 + random.randrange(85))
    return _Course(referred_on, referred_on + days(4 + random.randrange(12)), closed_on, None)


def _new(random: Random, *, last_start: int, shortest: int, longest: int) -> _Course:
    """Referred in the second period and closed in it, some days after the intake."""
    referred_on = SECOND_PERIOD + days(1 + random.randrange(last_start))
    intake_on = referred_on + days(4 + random.randrange(16))
    closed_on = min(intake_on + days(shortest + random.randrange(longest - shortest + 1)), _LAST_DAY)
    return _Course(referred_on, intake_on, closed_on, None)


def _first_period(random: Random) -> list[_Course]:
    """Those who were seen in the first period alone."""
    courses = []
    for outcome in _shuffled(random, _FIRST_PERIOD_ONLY):
        referred_on = date(2020, 3, 2) + days(random.randrange(160))
        intake_on = referred_on + days(4 + random.randrange(12))
        is_treated = outcome == _CONTINUES
        closed_on = intake_on + days(30 + random.randrange(30) if is_treated else 5 + random.randrange(20))
        contacts = 3 + random.randrange(6) if is_treated else 1 + random.randrange(2)
        treatment = _NOT_REFERRED if is_treated else None
        courses.append(_Course(referred_on, intake_on, closed_on, outcome, treatment, contacts))
    return courses


def _people(courses: Sequence[_Course], random: Random) -> list[Registration]:
    """Courses with sex, age, reporter, problem and activity, in the letter's proportions (for its 392: its numbers)."""
    count = len(courses)
    sexes_and_ages = [("1", age) for age in _numbers(random, BOYS)] + [("2", age) for age in _numbers(random, GIRLS)]
    random.shuffle(sexes_and_ages)
    fields = zip(
        courses,
        sexes_and_ages[:count],
        _shuffled(random, REPORTERS)[:count],
        _shuffled(random, PROBLEMS)[:count],
        _activities(courses, random),
        strict=True,
    )
    return [
        _registration(course, sex, age, reporter, problem, activities, random)
        for course, (sex, age), reporter, problem, activities in fields
    ]


def _activities(courses: Sequence[_Course], random: Random) -> list[tuple[str, ...]]:
    """The main activity, mostly triage where the question was only clarified; guidance besides for some referred."""
    kinds = listed(_ACTIVITIES)
    step = len(kinds) // len(courses)
    treated = [index for index, course in enumerate(courses) if course.clarification == _CONTINUES]
    others = [index for index, course in enumerate(courses) if course.clarification != _CONTINUES]
    main = dict(zip([*others, *treated], kinds[::step], strict=False))
    return [
        (main[index], _GUIDANCE) if _segment(course) and random.random() < 0.3 else (main[index],)
        for index, course in enumerate(courses)
    ]


def _segment(course: _Course) -> str | None:
    """``BGGZ`` or ``SGGZ`` where the dossier ended in a referral to it."""
    outcome = (course.treatment or course.clarification or "").removeprefix("Ja, ")
    if outcome in (_BGGZ, _SGGZ):
        return outcome
    return _SGGZ if "specialistische" in outcome else None


def _registration(
    course: _Course, sex: str, age: int, reporter: str, problem: str, activities: tuple[str, ...], random: Random
) -> Registration:
    practice = TAKING_PART[random.randrange(len(TAKING_PART))]
    segment = _segment(course)
    provider = BGGZ_PROVIDER if segment == _BGGZ else random.choice(SGGZ_PROVIDERS)
    return Registration(
        registration_id="",
        municipality_code=HILVERSUM.code,
        practice_id=practice.practice_id,
        practice=_as_exported(practice),
        client=None,
        age=age,
        sex=sex,
        referred_on=course.referred_on,
        intake_on=course.intake_on,
        closed_on=course.closed_on,
        reporter=reporter,
        problem=problem,
        activities=activities,
        contacts=course.contacts,
        clarification=course.clarification,
        treatment=course.treatment,
        referred_to=provider if segment else None,
        referred_profile=segment,
        formal_referrer="Huisarts" if segment else None,
        bridging=("Ja" if random.random() < 0.2 else "Nee") if segment else None,
    )


def _as_exported(practice: Practice) -> str:
    """Half of the practices by name, half by AGB code: the POHs work in two systems."""
    return practice.name if int(practice.agb_code) % 2 else practice.agb_code


def _with_person(registration: Registration, supply: Supply, random: Random) -> Registration:
    if random.random() >= _BSN_SHARE:
        return registration
    client = aged(supply.client(), registration.age, registration.referred_on, registration.sex, random)
    return replace(registration, client=client)
