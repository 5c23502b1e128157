"""Histories to compare on: mostly plausible care, with every edge of section 5 far more often than in life.

Dates crowd around year ends and gaps around 31 days; every bill can be answered, corrected, sent again or delivered
twice. Short names as in placing.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

from hypothesis import strategies as st

from .billing import Bills, Draw, chance, pick
from .build import message
from .history import (
    Alias,
    AllocationVersion,
    CareProfileRule,
    Delivery,
    History,
    Municipality,
    Post,
    Practice,
    Reference,
    ReferralRequest,
    StartEvent,
    StopEvent,
)

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
CODES = ("54002", "54002", "54002", "54001", "54003", "45A04", "51A00", "51A01", "99X99")
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


@dataclass
class Plan:
    """What has been thought up so far for one history."""

    draw: Draw
    codes: tuple[str, ...]
    deliveries: list[Delivery] = field(default_factory=list)
    bills: Bills = field(default_factory=Bills)
    used_numbers: dict[int, set[tuple[str, str]]] = field(default_factory=dict)
    counter: int = 0

    def next(self) -> int:
        self.counter += 1
        return self.counter


@dataclass(frozen=True)
class Episode:
    """A stretch of care to write messages about. ends_on None is open; number None is a bill without one."""

    client: str
    provider: str
    code: str
    number: int | None
    product: str
    begins_on: date
    ends_on: date | None


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
        versions = _versions(plan, episode)
        if chance(draw, 1, 6):
            _flat_allocation(plan, episode, versions)
        else:
            _messages(plan, versions)
            _requests(plan, episode, versions)
    if is_ordered or chance(draw, 1, 5):
        _events(plan, episode)
    plan.bills.declare(draw, episode, plan.codes)


def _versions(plan: Plan, episode: Episode) -> list[AllocationVersion]:
    """The allocation as first made, and what was made of it."""
    draw = plan.draw
    allocated_on = episode.begins_on - timedelta(days=pick(draw, 20, 5, -10, 60))
    version = AllocationVersion(
        row_number=1,
        known_at=allocated_on,
        municipality_code=episode.code,
        provider_agb=episode.provider,
        client_key=episode.client,
        allocation_number=episode.number,
        starts_on=episode.begins_on,
        ends_on=episode.ends_on,
        allocated_on=allocated_on,
        allocated_at=time(12),
        request_reference=pick(draw, f"R{plan.next()}", f"R{plan.next()}", f"R{plan.next()}", None),
        product_category=episode.product[:2],
        product_code=None if chance(draw, 1, 12) else episode.product,
        change_reason=pick(draw, None, None, None, None, "10", "04"),
    )
    versions = [version]
    for _ in range(pick(draw, 0, 0, 0, 1, 1, 2, 3)):
        version = _changed(plan, version)
        versions.append(version)
    return versions


def _changed(plan: Plan, before: AllocationVersion) -> AllocationVersion:
    draw = plan.draw
    later = before.allocated_on + timedelta(days=pick(draw, 30, 1, 90, 0)) if before.allocated_on else None
    at = time(13 + plan.next() % 10, plan.next() % 60) if later == before.allocated_on else time(12)
    if later == before.allocated_on and before.allocated_at is not None:
        at = max(at, time(before.allocated_at.hour, before.allocated_at.minute, before.allocated_at.second + 1))
    changed = replace(
        before,
        allocated_on=later,
        allocated_at=at,
        known_at=later or before.known_at,
        request_reference=pick(draw, None, None, before.request_reference, f"R{plan.next()}"),
        change_reason=pick(draw, "04", "14", "12", None, "10"),
    )
    end = before.ends_on or before.starts_on + timedelta(days=120)
    match pick(draw, "out", "out", "out", "in", "open", "same", "shift", "withdrawn", "lapsed"):
        case "out":
            return replace(changed, ends_on=end + timedelta(days=pick(draw, 1, 30, 31, 92, 200)))
        case "in":
            return replace(changed, ends_on=max(before.starts_on, end - timedelta(days=pick(draw, 1, 15, 40, 100))))
        case "open":
            return replace(changed, ends_on=None)
        case "shift":
            return replace(changed, starts_on=before.starts_on - timedelta(days=pick(draw, 1, 31)))
        case "withdrawn":
            return replace(changed, ends_on=before.starts_on, change_reason="13")
        case "lapsed":
            return replace(changed, ends_on=before.starts_on, change_reason="01")
        case _:
            return changed


def _messages(plan: Plan, versions: list[AllocationVersion]) -> None:
    """A JW301 each; sometimes late, so that a newer version arrives first, and sometimes with an older one again."""
    draw = plan.draw
    for position, version in enumerate(versions):
        on = version.known_at + timedelta(days=pick(draw, 0, 0, 0, 1, 100))
        rows = [version]
        if position and chance(draw, 1, 6):
            rows.append(replace(versions[0], request_reference=pick(draw, versions[0].request_reference, None, "R0")))
        facts = tuple(replace(row, row_number=n, known_at=on) for n, row in enumerate(rows, start=1))
        plan.deliveries.append(
            message(
                "JW301",
                on,
                f"T{plan.next()}",
                facts,
                municipality=version.municipality_code,
                provider=version.provider_agb,
            )
        )


def _referrer(draw: Draw) -> dict[str, str | None]:
    return {
        "referrer_type": pick(draw, "02", "02", "02", "02", "03", "01"),
        **pick(
            draw,
            {"referrer_agb": "A0"},
            {"referrer_agb": "A1"},
            {"referrer_agb": "Z0"},
            {"referrer_agb": "Z1"},
            {"referrer_agb": "U0"},
            {"referrer_hash": "H0"},
            {"referrer_hash": "H9"},
        ),
    }


def _requests(plan: Plan, episode: Episode, versions: list[AllocationVersion]) -> None:
    """A JW315 for most references that the allocation carried; some for another client or at another municipality."""
    draw = plan.draw
    for reference in sorted({v.request_reference for v in versions if v.request_reference}):
        for _ in range(pick(draw, 1, 1, 1, 0, 2)):
            on = episode.begins_on - timedelta(days=pick(draw, 40, 31, 21, 10, -5))
            asked = ReferralRequest(
                row_number=1,
                known_at=on,
                municipality_code=episode.code if chance(draw, 7, 8) else pick(draw, *plan.codes),
                provider_agb=episode.provider,
                client_key=episode.client if chance(draw, 15, 16) else "C9",
                request_reference=reference,
                **_referrer(draw),
            )
            plan.deliveries.append(
                message(
                    "JW315",
                    on,
                    f"V{plan.next()}",
                    (asked,),
                    municipality=asked.municipality_code,
                    provider=asked.provider_agb,
                )
            )


def _events(plan: Plan, episode: Episode) -> None:
    """Starts and stops around the ends of the episode, removed and repeated now and then."""
    draw = plan.draw
    end = episode.ends_on or episode.begins_on + timedelta(days=120)
    began = episode.begins_on + timedelta(days=pick(draw, 0, 0, 1, 15, 40, -3))
    events: list[StartEvent | StopEvent] = []
    common = {
        "row_number": 1,
        "known_at": began,
        "municipality_code": episode.code if chance(draw, 7, 8) else pick(draw, *plan.codes),
        "provider_agb": episode.provider,
        "client_key": episode.client,
        "allocation_number": episode.number,
        "product_code": episode.product,
    }
    if chance(draw, 1, 2):
        events.append(StartEvent(begins_on=began, **common))
    for _ in range(pick(draw, 0, 0, 0, 1, 1, 2)):
        ended = end - timedelta(days=pick(draw, 0, 0, 1, 10, 31, -20, 500))
        reason = pick(draw, "31", "31", "20", "36")
        events.append(StopEvent(begins_on=min(began, ended), ends_on=ended, end_reason=reason, **common))
        if chance(draw, 1, 4):
            events.append(StartEvent(begins_on=ended + timedelta(days=pick(draw, 0, 1, 20)), **common))
    for event in events:
        on = (event.ends_on if isinstance(event, StopEvent) else event.begins_on) + timedelta(days=pick(draw, 2, 0, 50))
        _send_event(plan, event, on)
        if chance(draw, 1, 6):
            _send_event(plan, replace(event, delivery_status="3"), on + timedelta(days=pick(draw, 1, 1, 0, -1)))
        if chance(draw, 1, 12):
            _send_event(plan, event, on + timedelta(days=3))


def _send_event(plan: Plan, event: StartEvent | StopEvent, on: date) -> None:
    plan.deliveries.append(
        message(
            "JW305" if isinstance(event, StartEvent) else "JW307",
            on,
            f"E{plan.next():03d}",
            (replace(event, known_at=on),),
            municipality=event.municipality_code,
            provider=event.provider_agb,
        )
    )


def _flat_allocation(plan: Plan, episode: Episode, versions: list[AllocationVersion]) -> None:
    """The versions as rows of exports, each with a referrer, a start and a stop beside it; some delivered again."""
    draw = plan.draw
    started = pick(draw, None, episode.begins_on, episode.begins_on + timedelta(days=10))
    stopped = pick(draw, None, None, episode.ends_on)
    referrer = pick(draw, None, _referrer(draw))
    has_moment = len(versions) > 1 or chance(draw, 2, 3)
    for version in versions:
        row = replace(version, request_reference=None, row_digest=f"row-{plan.next()}")
        if not has_moment:
            row = replace(row, allocated_on=None, allocated_at=None)
        on = version.known_at + timedelta(days=pick(draw, 0, 3))
        _export(plan, row, on, started, stopped, referrer)
        again = on + timedelta(days=pick(draw, 1, 100))
        if chance(draw, 1, 5):
            _export(plan, row, again, started, stopped, referrer)
        elif chance(draw, 1, 5):
            newer = replace(
                row,
                row_digest=f"row-{plan.next()}",
                ends_on=version.starts_on + timedelta(days=pick(draw, 10, 150)),
            )
            _export(plan, newer, again, started, stopped, referrer)


def _export(
    plan: Plan,
    version: AllocationVersion,
    on: date,
    started: date | None,
    stopped: date | None,
    referrer: dict[str, str | None] | None,
) -> None:
    row = replace(version, known_at=version.allocated_on or on)
    common = {
        "row_number": 1,
        "known_at": row.known_at,
        "municipality_code": row.municipality_code,
        "provider_agb": row.provider_agb,
        "client_key": row.client_key,
        "allocation_number": row.allocation_number,
    }
    facts: list[AllocationVersion | StartEvent | StopEvent | ReferralRequest] = [row]
    if started:
        facts.append(StartEvent(begins_on=started, product_code=row.product_code, **common))
    if stopped:
        facts.append(
            StopEvent(
                begins_on=min(started or stopped, stopped),
                ends_on=stopped,
                end_reason=None,
                product_code=row.product_code,
                **common,
            )
        )
    if referrer:
        facts.append(ReferralRequest(request_reference=f"flat-{row.allocation_number}", **referrer, **common))
    plan.deliveries.append(message("toewijzingen", on, f"X{plan.next():03d}", tuple(facts)))


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
