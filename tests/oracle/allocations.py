"""Allocations: versions, the current one, withdrawal, and when care began and ended (section 5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from .deliveries import Taken, version_moment
from .history import AllocationVersion, ReferralRequest, StartEvent, StopEvent
from .municipalities import Municipalities

WITHDRAWN = "13"
LAPSED = "01"
TEMPORARY_STOP = "20"
REMOVED = "3"


@dataclass(frozen=True)
class NumberKey:
    """Contract: "the number belongs to the code it was sent under"; for two clients "a segment for each client"."""

    sent_code: str
    number: int
    client_key: str


@dataclass(frozen=True)
class Number:
    """An allocation number that stands, with all that came with it.

    versions: in order of (toewijzingsdatum, toewijzingstijd). flat_requests: the referrers of its own flat rows.
    """

    key: NumberKey
    versions: tuple[AllocationVersion, ...]
    references: frozenset[str]
    flat_requests: tuple[Taken, ...]

    @property
    def current(self) -> AllocationVersion:
        """Contract: "The version with the newest (toewijzingsdatum, toewijzingstijd)"."""
        return self.versions[-1]


def is_withdrawn(version: AllocationVersion) -> bool:
    """Contract: "Withdrawn (reden_wijziging 13, or 01 with einddatum = ingangsdatum): not there at all"."""
    lapsed = version.change_reason == LAPSED and version.ends_on == version.starts_on
    return version.change_reason == WITHDRAWN or lapsed


def standing_numbers(facts: list[Taken]) -> dict[NumberKey, Number]:
    """Every allocation number whose current version is not withdrawn."""
    rows: dict[NumberKey, list[Taken]] = defaultdict(list)
    for item in facts:
        if isinstance(item.fact, AllocationVersion) and item.fact.allocation_number is not None:
            fact = item.fact
            rows[NumberKey(fact.municipality_code, fact.allocation_number, fact.client_key)].append(item)
    numbers = {}
    for key, items in rows.items():
        in_force = _in_force(items)
        versions = sorted((item.fact for item in in_force), key=_moment_order)
        if is_withdrawn(versions[-1]):
            continue
        references = frozenset(item.fact.request_reference for item in items if item.fact.request_reference)
        sources = {(item.delivery.file_sha256, item.fact.row_number) for item in in_force}
        beside = tuple(
            item
            for item in facts
            if isinstance(item.fact, ReferralRequest)
            and item.delivery.kind == "toewijzingen"
            and (item.delivery.file_sha256, item.fact.row_number) in sources
        )
        numbers[key] = Number(key, tuple(versions), references, beside)
    return numbers


def _in_force(items: list[Taken]) -> list[Taken]:
    """One row per version: of messages the first, for "an allocation version already known is a duplicate row"; of a
    flat export "the row in the delivery with the newest date wins"."""
    chosen: dict[tuple, Taken] = {}
    for item in items:
        moment = version_moment(item.fact)
        if moment not in chosen or item.delivery.kind == "toewijzingen":
            chosen[moment] = item
    return list(chosen.values())


def _moment_order(version: AllocationVersion) -> tuple[date, time]:
    return (version.allocated_on or date.min, version.allocated_at or time.min)


def superseded_rows(facts: list[Taken]) -> set[tuple[str, int]]:
    """(file_sha256, row_number) of flat allocation rows that a newer delivery's row replaced."""
    rows: dict[tuple, list[Taken]] = defaultdict(list)
    for item in facts:
        if isinstance(item.fact, AllocationVersion) and item.delivery.kind == "toewijzingen":
            fact = item.fact
            key = (fact.municipality_code, fact.allocation_number, fact.client_key, *version_moment(fact))
            rows[key].append(item)
    return {(i.delivery.file_sha256, i.fact.row_number) for items in rows.values() for i in items[:-1]}


@dataclass(frozen=True)
class Care:
    """When care began and ended for one number; starts and stops as they stand after removals."""

    starts: tuple[date, ...]
    definitive_stops: tuple[date, ...]

    def definitive_stop(self, began_on: date) -> date | None:
        """Contract: "the last definitive stop, unless a start follows it; a stop before the start is not used"."""
        usable = [stop for stop in self.definitive_stops if stop >= began_on]
        if not usable or any(start > max(usable) for start in self.starts):
            return None
        return max(usable)


NO_CARE = Care((), ())


def care_by_number(
    facts: list[Taken], numbers: Iterable[NumberKey], municipalities: Municipalities
) -> dict[NumberKey, Care]:
    """JW305 and JW307 per number; "on a number without an allocation: not used" (settled readings).

    A removal (StatusAanlevering 3) undoes the announcement with the same key; the last word on a key holds.
    """
    known = set(numbers)
    last_word: dict[tuple, tuple[NumberKey, StartEvent | StopEvent]] = {}
    for item in facts:
        fact = item.fact
        if not isinstance(fact, StartEvent | StopEvent) or fact.allocation_number is None:
            continue
        key = look_up(fact.municipality_code, fact.allocation_number, fact.client_key, known, municipalities)
        if key is None:
            continue
        what: tuple = (fact.product_category, fact.product_code, fact.begins_on)
        if isinstance(fact, StopEvent):
            what = (*what, fact.end_reason, fact.ends_on)
        last_word[(type(fact), key, *what)] = (key, fact)
    starts: dict[NumberKey, list[date]] = defaultdict(list)
    stops: dict[NumberKey, list[date]] = defaultdict(list)
    for key, event in last_word.values():
        if event.delivery_status == REMOVED:
            continue
        if isinstance(event, StartEvent):
            starts[key].append(event.begins_on)
        elif event.end_reason != TEMPORARY_STOP:
            stops[key].append(event.ends_on)
    return {key: Care(tuple(sorted(starts[key])), tuple(sorted(stops[key]))) for key in known}


def look_up(
    sent_code: str, number: int, client_key: str, known: set[NumberKey], municipalities: Municipalities
) -> NumberKey | None:
    """Contract: "under the successor's code a number is looked up there first, then in its predecessors"."""
    for code in municipalities.look_up_order(sent_code):
        key = NumberKey(code, number, client_key)
        if key in known:
            return key
    return None
