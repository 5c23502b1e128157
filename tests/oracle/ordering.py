"""Orders and their messages for the histories: versions of allocations, requests, starts and stops."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

from .billing import Bills, Draw, chance, pick
from .build import message
from .history import AllocationVersion, Delivery, ReferralRequest, StartEvent, StopEvent


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


def versions(plan: Plan, episode: Episode) -> list[AllocationVersion]:
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


def messages(plan: Plan, versions: list[AllocationVersion]) -> None:
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


def requests(plan: Plan, episode: Episode, versions: list[AllocationVersion]) -> None:
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


def events(plan: Plan, episode: Episode) -> None:
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


def flat_allocation(plan: Plan, episode: Episode, versions: list[AllocationVersion]) -> None:
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
