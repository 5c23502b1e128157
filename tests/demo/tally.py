"""Counts what the demo's messages say: from the message values alone, not from the plan and not by the pipeline.

Small on purpose. It knows what occurs in the demo (nothing removed, no merged municipality), no more; a practice is
never inherited here, so the one client who comes back without a request stays unattributed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from demo.catalogue import PRACTICES, SERVICES, practitioner_agb_codes
from demo.hilversum_catalogue import HILVERSUM_PRACTICES, HILVERSUM_SERVICES
from demo.messages import (
    AllocatedProduct,
    AllocationMessage,
    Answer,
    Declaration,
    Line,
    Message,
    RequestMessage,
    StartMessage,
    StopMessage,
)

ALL_PRACTICES = (*PRACTICES, *HILVERSUM_PRACTICES)
PROFILES = {s.product.code: s.care_profile for s in (*SERVICES.values(), *HILVERSUM_SERVICES)}
MAX_GAP_DAYS = 31


@dataclass(frozen=True)
class Counted:
    """One trajectory in one year."""

    bsn: str
    municipality: str
    practice: str
    profile: str
    year: int
    status: str
    cents: int


@dataclass(frozen=True)
class Care:
    """One allocation number, or one number that was only declared."""

    bsn: str
    provider: str
    municipality: str
    number: int
    profile: str
    begins: tuple[date, ...]
    ends_on: date
    is_converted: bool
    practice: str | None
    lines: tuple[tuple[Line, int], ...]


def counting_lines(messages: Sequence[Message]) -> list[tuple[str, str, Line, int]]:
    """Municipality, provider, line and its cents: without rejected lines, credits and what these take back."""
    sent = [(m, line) for m in messages if isinstance(m, Declaration) for line in m.lines]
    answers = (m for m in messages if isinstance(m, Answer))
    granted = {(m.header.provider_agb, a.line.reference): a.granted_cents for m in answers for a in m.listed}
    taken_back = {(m.header.provider_agb, line.previous_reference) for m, line in sent if line.is_credit}
    return [
        (m.header.municipality_code, m.header.provider_agb, line, cents)
        for m, line in sent
        if not line.is_credit and (m.header.provider_agb, line.reference) not in taken_back
        if (cents := granted.get((m.header.provider_agb, line.reference), line.amount_cents)) > 0
    ]


def count(messages: Sequence[Message]) -> list[Counted]:
    """Every trajectory in every year in which it has a counting line."""
    chains: dict[tuple[str, ...], list[Care]] = defaultdict(list)
    for care in sorted(_care(messages), key=lambda c: (c.begins[0], c.number)):
        chains[care.bsn, care.provider, care.municipality, care.profile].append(care)
    return [row for cares in chains.values() for chain in _chained(cares) for row in _years(chain)]


def plain(name: str) -> str:
    """A name without capitals, punctuation and the words that only say that it is a practice."""
    words = re.sub(r"[^a-z0-9]+", " ", name.lower()).split()
    return " ".join(w for w in words if w not in {"huisartsenpraktijk", "huisartsen", "groepspraktijk"})


def _care(messages: Sequence[Message]) -> list[Care]:
    lines: dict[tuple[str, int], list[tuple[Line, int]]] = defaultdict(list)
    owners: dict[tuple[str, int], tuple[str, str]] = {}
    for municipality, provider, line, cents in counting_lines(messages):
        lines[municipality, line.allocation_number or 0].append((line, cents))
        owners[municipality, line.allocation_number or 0] = (line.client.bsn, provider)
    versions: dict[tuple[str, int], dict[tuple, AllocatedProduct]] = defaultdict(dict)
    for message in messages:
        if isinstance(message, AllocationMessage):
            for product in message.products:
                key = (message.header.municipality_code, product.allocation_number)
                versions[key][product.allocated_on, product.allocated_at] = product
                owners[key] = (message.client.bsn, message.header.provider_agb)
    practices = _practices(messages)
    starts, stops = _starts(messages), _stops(messages)
    result = []
    for key, (bsn, provider) in owners.items():
        history = [versions[key][moment] for moment in sorted(versions[key])]
        current = history[-1] if history else None
        if current and current.change_reason == "01" and current.ends_on == current.starts_on:
            continue
        billed = lines[key]
        days = [line.period_from for line, _ in billed]
        first = starts.get(key, history[0].starts_on) if history else min(days)
        later = [old.ends_on + timedelta(1) for old, new in pairwise(history) if _is_moved(old, new)]
        code = history[0].product.code if history else None
        result.append(
            Care(
                bsn,
                provider,
                key[0],
                key[1],
                PROFILES[code or min(billed, key=lambda x: x[0].period_from)[0].product.code],
                begins=(min([first, *days]), *later),
                ends_on=stops.get(key) or (current.ends_on if current else max(line.period_to for line, _ in billed)),
                is_converted=any(v.change_reason == "10" for v in history),
                practice=practices.get(key),
                lines=tuple(billed),
            )
        )
    return result


def _is_moved(old: AllocatedProduct, new: AllocatedProduct) -> bool:
    return new.ends_on > old.ends_on


def _practices(messages: Sequence[Message]) -> dict[tuple[str, int], str | None]:
    known = {plain(name): practice.practice_id for practice in ALL_PRACTICES for name in practice.names}
    known |= {practice.agb_code: practice.practice_id for practice in ALL_PRACTICES}
    known |= {code: p.practice_id for place, p in enumerate(ALL_PRACTICES) for code in practitioner_agb_codes(place)}
    asked = {
        (m.header.provider_agb, p.request_reference): known.get(p.referrer_agb or plain(p.referrer_name or ""))
        for m in messages
        if isinstance(m, RequestMessage)
        for p in m.products
        if p.referrer_type == "02"
    }
    return {
        (m.header.municipality_code, p.allocation_number): asked.get((m.header.provider_agb, p.request_reference))
        for m in messages
        if isinstance(m, AllocationMessage)
        for p in m.products
        if p.request_reference is not None
    }


def _starts(messages: Sequence[Message]) -> dict[tuple[str, int], date]:
    found: dict[tuple[str, int], date] = {}
    for m in messages:
        if isinstance(m, StartMessage):
            for p in m.products:
                key = (m.header.municipality_code, p.allocation_number or 0)
                found[key] = min(found.get(key, p.begins_on), p.begins_on)
    return found


def _stops(messages: Sequence[Message]) -> dict[tuple[str, int], date]:
    return {
        (m.header.municipality_code, p.allocation_number or 0): p.ends_on
        for m in messages
        if isinstance(m, StopMessage)
        for p in m.products
        if p.end_reason != "20"
    }


def _chained(cares: list[Care]) -> list[list[Care]]:
    chains: list[list[Care]] = []
    end = date.min
    for care in cares:
        if not chains or (care.begins[0] - end).days - 1 > MAX_GAP_DAYS:
            chains.append([])
            end = care.ends_on
        chains[-1].append(care)
        end = max(end, care.ends_on)
    return chains


def _years(chain: list[Care]) -> list[Counted]:
    cents: dict[int, int] = defaultdict(int)
    for line, amount in (pair for care in chain for pair in care.lines):
        cents[line.period_from.year] += amount
    begins = [day for care in chain for day in care.begins]
    practice = next((care.practice for care in chain if care.practice), "unattributed")
    first = chain[0]
    return [
        Counted(first.bsn, first.municipality, practice, first.profile, year, _status(year, begins, first), total)
        for year, total in sorted(cents.items())
    ]


def _status(year: int, begins: list[date], first: Care) -> str:
    if begins[0].year == year:
        return "converted" if first.is_converted else "new"
    return "extended" if any(day.year == year for day in begins[1:]) else "carried_over"
