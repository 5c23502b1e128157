"""Short words to write deliveries with: one function a message, with the defaults that most cases share."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from hashlib import sha256

from .history import (
    AllocationVersion,
    AnyFact,
    Decision,
    DecisionLine,
    DeclarationLine,
    Delivery,
    ReferralRequest,
    StartEvent,
    StopEvent,
)

MUNICIPALITY, PROVIDER, CLIENT = "0384", "94999001", "client-a"
MESSAGE_CODES = {
    "JW301": "436",
    "JW303": "432",
    "JW304": "433",
    "JW305": "438",
    "JW307": "440",
    "JW315": "446",
    "JW323": "490",
    "JW325": "491",
}
SENT_BY_MUNICIPALITY = ("JW301", "JW325")
FLAT = ("declaraties", "toewijzingen")


def day(text: str) -> date:
    """A date from 2019-01-31."""
    return date.fromisoformat(text)


def message(
    kind: str,
    on: date,
    identification: str,
    facts: tuple[AnyFact, ...],
    *,
    municipality: str = MUNICIPALITY,
    provider: str = PROVIDER,
    file_name: str | None = None,
) -> Delivery:
    """A message or, for the flat kinds, an export. Its bytes and content follow from what is in it."""
    is_flat = kind in FLAT
    sender = municipality if kind in SENT_BY_MUNICIPALITY else provider
    name = file_name or f"{kind}-{municipality}-{provider}-{identification}"
    content = repr((kind, on, identification, municipality, provider, facts))
    return Delivery(
        file_sha256=sha256(f"{name}|{content}".encode()).hexdigest(),
        file_name=name,
        kind=kind,
        message_date=on,
        facts=facts,
        municipality_code=None if is_flat else municipality,
        sender=None if is_flat else sender,
        message_code=MESSAGE_CODES.get(kind),
        identification=None if is_flat else identification,
        content_digest=None if is_flat else sha256(content.encode()).hexdigest(),
        release=None if is_flat else ("2.3" if kind in ("JW303", "JW304") else "3.2"),
    )


def version(
    number: int | None, starts_on: str, ends_on: str | None, allocated_on: str, **more: object
) -> AllocationVersion:
    """One state of an allocation; allocated at noon and sent on the same day unless said otherwise."""
    base = AllocationVersion(
        row_number=1,
        known_at=day(allocated_on),
        municipality_code=MUNICIPALITY,
        provider_agb=PROVIDER,
        client_key=CLIENT,
        allocation_number=number,
        starts_on=day(starts_on),
        ends_on=day(ends_on) if ends_on else None,
        allocated_on=day(allocated_on),
        allocated_at=time(12),
        product_category="54",
        product_code="54002",
    )
    return replace(base, **more)


def start(number: int | None, begins_on: str, known_at: str, **more: object) -> StartEvent:
    """Care began."""
    base = StartEvent(
        row_number=1,
        known_at=day(known_at),
        municipality_code=MUNICIPALITY,
        provider_agb=PROVIDER,
        client_key=CLIENT,
        allocation_number=number,
        begins_on=day(begins_on),
    )
    return replace(base, **more)


def stop(
    number: int | None, begins_on: str, ends_on: str, known_at: str, reason: str = "31", **more: object
) -> StopEvent:
    """Care ended."""
    base = StopEvent(
        row_number=1,
        known_at=day(known_at),
        municipality_code=MUNICIPALITY,
        provider_agb=PROVIDER,
        client_key=CLIENT,
        allocation_number=number,
        begins_on=day(begins_on),
        ends_on=day(ends_on),
        end_reason=reason,
    )
    return replace(base, **more)


def request(reference: str, known_at: str, referrer_type: str = "02", **more: object) -> ReferralRequest:
    """Somebody referred."""
    base = ReferralRequest(
        row_number=1,
        known_at=day(known_at),
        municipality_code=MUNICIPALITY,
        provider_agb=PROVIDER,
        client_key=CLIENT,
        request_reference=reference,
        referrer_type=referrer_type,
    )
    return replace(base, **more)


def line(
    reference: str, number: int | None, period_from: str, period_to: str, cents: int, **more: object
) -> DeclarationLine:
    """One bill line; a credit where the cents are negative."""
    base = DeclarationLine(
        row_number=1,
        known_at=day(period_to),
        municipality_code=MUNICIPALITY,
        provider_agb=PROVIDER,
        client_key=CLIENT,
        allocation_number=number,
        line_reference=reference,
        product_category="54",
        product_code="54002",
        period_from=day(period_from),
        period_to=day(period_to),
        amount_cents=cents,
        is_credit=cents < 0,
    )
    return replace(base, **more)


def sent(kind: str, on: str, identification: str, *facts: AnyFact, **more: object) -> Delivery:
    """A message with these facts, numbered and dated as one message; municipality and provider are the first fact's."""
    first = facts[0]
    is_declaration = kind in ("JW303", "JW323")
    numbered = tuple(
        replace(
            fact,
            row_number=row,
            known_at=day(on),
            **(
                {"message_identification": identification, "declaration_number": identification}
                if is_declaration
                else {}
            ),
        )
        for row, fact in enumerate(facts, start=1)
    )
    return message(
        kind,
        day(on),
        identification,
        numbered,
        municipality=first.municipality_code,
        provider=first.provider_agb,
        **more,
    )


def answer(
    declaration: Delivery,
    on: str,
    *,
    rejected: tuple[str, ...] = (),
    granted: dict[str, int] | None = None,
    whole: bool = False,
    header_only: bool = False,
) -> Delivery:
    """The answer to a declaration: a JW325 that lists what it rejects, a JW304 that lists what it grants otherwise."""
    lines = [fact for fact in declaration.facts if isinstance(fact, DeclarationLine)]
    amounts = dict.fromkeys(rejected, 0) | (granted or {})
    listed = tuple(
        DecisionLine(
            row_number=row,
            line_reference=one.line_reference,
            client_key=one.client_key,
            submitted_cents=one.amount_cents,
            granted_cents=amounts[one.line_reference],
            previous_reference=one.previous_reference,
            allocation_number=one.allocation_number,
        )
        for row, one in enumerate((x for x in lines if x.line_reference in amounts), start=1)
    )
    submitted = sum(one.amount_cents for one in lines)
    withheld = sum(one.submitted_cents - one.granted_cents for one in listed)
    first = lines[0]
    full = not listed and not whole and not header_only
    decision = Decision(
        row_number=0,
        known_at=day(on),
        municipality_code=first.municipality_code,
        provider_agb=first.provider_agb,
        answered_identification=declaration.identification or "",
        answered_on=declaration.message_date,
        declaration_number=None if header_only else declaration.identification,
        submitted_cents=None if header_only else submitted,
        granted_cents=None if header_only else (0 if whole else submitted - withheld),
        has_body=not header_only,
        return_codes="0001" if header_only else ("9333" if whole else ("8001" if full else "0200")),
        listed=() if header_only else listed,
    )
    kind = {"JW303": "JW304", "JW323": "JW325"}[declaration.kind]
    # JW304 has no identification of its own: it is known by the number of the declaration that it answers.
    name = declaration.identification if kind == "JW304" else f"A{declaration.identification}"
    return message(
        kind, day(on), name or "", (decision,), municipality=first.municipality_code, provider=first.provider_agb
    )
