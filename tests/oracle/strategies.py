"""Histories to compare on: mostly plausible care, with every edge of section 5 far more often than in life.

Dates crowd around year ends and gaps around 31 days; every bill can be answered, corrected, sent again or delivered
twice. Short names as in placing.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from .billing import Draw, chance, pick
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
from .ordering import Episode, Plan, events, flat_allocation, messages, requests, versions

# Rules for every municipality are the same in all histories, because one lake has one table of them.
EVERYWHERE = (
    CareProfileRule("*", "54001", "ggz_kort_basis", "ggz"),
    CareProfileRule("*", "54002", "ggz_specialistisch_basis", "ggz"),
    CareProfileRule("*", "54*", "ggz_kort_intens", "ggz", date(2017, 1, 1)),
    CareProfileRule("*", "45A04", "begeleiding_jmb", "overig", None, date(2019, 1, 1)),
    CareProfileRule("*", "45A04", "sggz", "ggz", date(2019, 1, 1)),
    CareProfileRule("*", "51A*", "bggz", "ggz"),
    CareProfileRule("*", "51A00", "ggz_kort_basis", "ggz", date(2018, 1, 1)),
    CareProfileRule("*", "51A00", "ggz_kort_aanvullend", "ggz", date(2018, 12, 31)),
)
OWN_RULES = (
    CareProfileRule("M0", "54001", "ggz_kort_intens", "ggz"),
    CareProfileRule("M0", "5*", "sggz", "ggz", date(2019, 1, 1)),
    CareProfileRule("M0", "54*", "bggz", "ggz", None, date(2018, 12, 31)),
    CareProfileRule("M1", "45A*", "ggz_specialistisch_intens", "ggz"),
)
CODES = ("54002", "54002", "54002", "54001", "54003", "45A04", "51A00", "51A01", "53X99")
BEGINS = (
    "2018-12-31",
    "2019-01-01",
    "2018-11-30",
    "2018-12-01",
    "2018-10-15",
    "2018-01-01",
    "2018-06-01",
    "2019-01-02",
)
LENGTHS = (31, 1, 20, 30, 45, 59, 92, 200, 366)
GAPS = (0, 0, 1, 30, 31, 32, 33, 60, -1, -10, -40)
YEAR_ENDS = (date(2018, 12, 30), date(2018, 12, 31), date(2019, 1, 1), date(2019, 12, 31))


@st.composite
def histories(draw: Draw) -> History:
    """A history of one or two clients at one or two providers, over one to three municipalities."""
    municipalities = _municipalities(draw)
    plan = Plan(draw, tuple(row.municipality_code for row in municipalities))
    for client in ("C0", "C1")[: pick(draw, 1, 1, 2)]:
        _life(plan, client)
    deliveries = plan.deliveries + plan.bills.deliveries(draw)
    damaged = [file for delivery in deliveries for file in _delivered(draw, delivery)]
    return History(tuple(damaged), _reference(draw, municipalities))


def _municipalities(draw: Draw) -> tuple[Municipality, ...]:
    successors = pick(draw, (None,), (None,), (None, None), (None, "M0"), (None, "M0", "M0"), (None, "M0", "M1"))
    since = pick(draw, None, None, None, date(2018, 1, 1), date(2018, 12, 15), date(2019, 1, 1))
    converted = pick(draw, None, None, None, *(date.fromisoformat(text) for text in BEGINS[:4]))
    # A predecessor's own dates say nothing: its code reads as its successor's.
    dates = [(since, converted), *((pick(draw, None, None, date(2018, 12, 1)), None) for _ in successors[1:])]
    return tuple(
        Municipality(f"M{n}", successor, *of_code)
        for n, (successor, of_code) in enumerate(zip(successors, dates, strict=True))
    )


def _reference(draw: Draw, municipalities: tuple[Municipality, ...]) -> Reference:
    rules = EVERYWHERE + pick(draw, (), (), OWN_RULES[:1], OWN_RULES[1:], OWN_RULES)
    posted = pick(draw, None, date(2018, 12, 1), date(2018, 6, 1))
    left = pick(draw, None, date(2018, 12, 1), date(2019, 1, 1))
    return Reference(
        practices=(Practice("G0", "A0", "M0"), Practice("G1", "A1", "M0")),
        care_profiles=rules,
        posts=(Post("Z0", "G1", posted, None), Post("Z1", "G0", None, left)),
        aliases=(Alias("H0", "G0"),),
        municipalities=municipalities,
    )


def _life(plan: Plan, client: str) -> None:
    """Episodes of one client, each a chosen gap after the one before."""
    draw = plan.draw
    begins_on = date.fromisoformat(pick(draw, *BEGINS))
    code, provider, product = pick(draw, *plan.codes), "P0", pick(draw, *CODES)
    for _ in range(pick(draw, 1, 2, 2, 3, 4)):
        ends_on = _end(draw, begins_on)
        number = _number(plan, client, code)
        episode = Episode(client, provider, code, number, product, begins_on, ends_on)
        _episode(plan, episode)
        latest = ends_on or begins_on + timedelta(days=100)
        begins_on = max(latest + timedelta(days=1 + pick(draw, *GAPS)), date(2017, 6, 1))
        if chance(draw, 1, 8):
            provider = pick(draw, "P0", "P1")
        if chance(draw, 1, 6):
            product = pick(draw, *CODES)
        if chance(draw, 1, 4):
            code = pick(draw, *plan.codes)


def _end(draw: Draw, begins_on: date) -> date | None:
    if chance(draw, 1, 12):
        return None
    if chance(draw, 1, 3):
        return next((day for day in YEAR_ENDS if day >= begins_on), begins_on)
    return begins_on + timedelta(days=pick(draw, *LENGTHS) - 1)


def _number(plan: Plan, client: str, code: str) -> int | None:
    """A new number, lower or higher than the last ones; now and then another client's or municipality's, or none."""
    draw = plan.draw
    if chance(draw, 1, 12):
        return None
    others = [number for number, owners in plan.used_numbers.items() if (client, code) not in owners]
    n = plan.next()
    number = pick(draw, *others) if others and chance(draw, 1, 5) else pick(draw, 500 + n, 500 - n)
    plan.used_numbers.setdefault(number, set()).add((client, code))
    return number


def _episode(plan: Plan, episode: Episode) -> None:
    draw = plan.draw
    is_ordered = episode.number is not None and not chance(draw, 1, 6)
    if is_ordered:
        ordered = versions(plan, episode)
        if chance(draw, 1, 6):
            flat_allocation(plan, episode, ordered)
        else:
            messages(plan, ordered)
            requests(plan, episode, ordered)
    if is_ordered or chance(draw, 1, 5):
        events(plan, episode)
    plan.bills.declare(draw, episode, plan.codes)


def _delivered(draw: Draw, delivery: Delivery) -> list[Delivery]:
    """The delivery as it came in: nearly always once, else again, with other content, or damaged."""
    how = pick(draw, *["once"] * 30, "same bytes", "same content", "other content", "refused", "damaged")
    again = replace(
        delivery, file_sha256=f"{delivery.file_sha256}-2", file_name=delivery.file_name + pick(draw, "-b", "-z")
    )
    match how:
        case "same bytes":
            return [replace(delivery, also_named=(f"{delivery.file_name}-copy",))]
        case "same content" if delivery.identification is not None:
            return [delivery, again]
        case "other content" if delivery.identification is not None:
            moved = delivery.message_date + timedelta(days=pick(draw, 1, -1))
            facts = tuple(replace(fact, known_at=moved) for fact in delivery.facts)
            content = f"{delivery.content_digest}-2"
            return [delivery, replace(again, message_date=moved, facts=facts, content_digest=content)]
        case "refused":
            return [replace(delivery, refusal="total_mismatch")]
        case "damaged":
            return [replace(delivery, quarantined_rows=2, quarantined_cents=500)]
        case _:
            return [delivery]
