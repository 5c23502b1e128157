"""Segments: stretches of care that were ordered, and the lines that belong to them (section 5)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from .allocations import NO_CARE, Care, Number, NumberKey, look_up
from .history import CareProfileRule, Reference
from .lines import CountingLine
from .municipalities import Municipalities

UNMATCHED = "overig"


@dataclass(frozen=True)
class Segment:
    """A stretch of care. ends_on is inclusive, None is open; number is None for lines that carry none.

    allocation: the number it stands for, None where there are declarations alone.
    """

    municipality_code: str
    client_key: str
    provider_agb: str
    care_profile: str
    domain: str
    begins_on: date
    ends_on: date | None
    number: int | None
    sent_code: str
    allocation: Number | None

    @property
    def order(self) -> tuple:
        """By begin; on one day "the lower allocation number" (settled readings), lines without a number last.

        Of the same number under two merged codes the one that was allocated comes first.
        """
        number = (self.number is None, self.number or 0, self.allocation is None, self.sent_code)
        return (self.begins_on, *number, self.ends_on or date.max)


@dataclass(frozen=True)
class Stretch:
    """What stays together: the segments and the counting lines of one number, or of declarations alone."""

    segments: tuple[Segment, ...]
    lines: tuple[CountingLine, ...]


def stretches(
    numbers: dict[NumberKey, Number],
    care: dict[NumberKey, Care],
    lines: list[CountingLine],
    reference: Reference,
    municipalities: Municipalities,
) -> list[Stretch]:
    """Every number with its lines, then the declarations that have no allocation."""
    allocated, alone = _lines_by_owner(lines, set(numbers), municipalities)
    found = [
        Stretch(
            _ordered(number, care.get(key, NO_CARE), allocated[key], reference, municipalities), tuple(allocated[key])
        )
        for key, number in numbers.items()
    ]
    found += [Stretch((_declared(group, reference, municipalities),), tuple(group)) for group in alone.values()]
    return found


def _lines_by_owner(
    lines: list[CountingLine], known: set[NumberKey], municipalities: Municipalities
) -> tuple[dict[NumberKey, list[CountingLine]], dict[tuple, list[CountingLine]]]:
    """Lines of allocations, and lines of declarations alone.

    "Declarations on a number that has no allocation form a segment of their own"; "a JW303 line without a number: one
    segment per client, provider and product code".
    """
    allocated: dict[NumberKey, list[CountingLine]] = defaultdict(list)
    alone: dict[tuple, list[CountingLine]] = defaultdict(list)
    for one in lines:
        line = one.line
        if line.allocation_number is None:
            code = municipalities.reads_as(line.municipality_code)
            alone["no number", code, line.client_key, line.provider_agb, line.product_code].append(one)
            continue
        key = look_up(line.municipality_code, line.allocation_number, line.client_key, known, municipalities)
        if key is None:
            alone[line.municipality_code, line.allocation_number, line.client_key, line.provider_agb].append(one)
        else:
            allocated[key].append(one)
    return allocated, alone


def _ordered(
    number: Number, care: Care, lines: list[CountingLine], reference: Reference, municipalities: Municipalities
) -> tuple[Segment, ...]:
    """The first segment of a number and one for each version that moved its end date out.

    "The first segment begins on the earliest of: JW305 start (else the allocation's start), first delivered day
    declared"; it "ends on the definitive JW307 stop if there is one, else on the allocation's end".
    """
    current = number.current
    start = care.starts[0] if care.starts else current.starts_on
    begins_on = min([start, *(one.line.period_from for one in lines)])
    stop = care.definitive_stop(begins_on)
    ends_on = stop if stop is not None else current.ends_on
    begins = [begins_on, *_extension_begins(number, begins_on, stop)]
    code = current.product_code or _first_declared_code(lines)
    municipality = municipalities.reads_as(number.key.sent_code)
    profile, domain = care_profile(municipality, code, begins_on, reference, municipalities)
    return tuple(
        Segment(
            municipality,
            number.key.client_key,
            current.provider_agb,
            profile,
            domain,
            begin,
            ends_on,
            number.key.number,
            number.key.sent_code,
            number,
        )
        for begin in begins
    )


def _extension_begins(number: Number, began_on: date, stop: date | None) -> list[date]:
    """Contract: "each later version that moves its end date out gives one more, the day after the previous end date".

    "Compared with the version before it, whatever its reason; to an open end counts too; an extension that would begin
    after the segment's definitive stop, or before care began, gives no segment of its own". One that a later version
    takes back still gives one: the contract names these two exceptions and no third.
    """
    begins = []
    for before, after in zip(number.versions, number.versions[1:], strict=False):
        if before.ends_on is None or (after.ends_on is not None and after.ends_on <= before.ends_on):
            continue
        begin = before.ends_on + timedelta(days=1)
        if begin >= began_on and (stop is None or begin <= stop):
            begins.append(begin)
    return begins


def _declared(lines: list[CountingLine], reference: Reference, municipalities: Municipalities) -> Segment:
    """Contract: "A segment of their own, from the first to the last delivered day"."""
    first = lines[0].line
    begins_on = min(one.line.period_from for one in lines)
    municipality = municipalities.reads_as(first.municipality_code)
    profile, domain = care_profile(municipality, _first_declared_code(lines), begins_on, reference, municipalities)
    return Segment(
        municipality,
        first.client_key,
        first.provider_agb,
        profile,
        domain,
        begins_on,
        max(one.line.period_to for one in lines),
        first.allocation_number,
        first.municipality_code,
        None,
    )


def _first_declared_code(lines: list[CountingLine]) -> str | None:
    """Contract: "where the allocation has no code, the first declared line's": by delivered day, then as it came."""
    if not lines:
        return None
    return min(lines, key=lambda one: (one.line.period_from, one.order)).line.product_code


def care_profile(
    municipality: str, product_code: str | None, on: date, reference: Reference, municipalities: Municipalities
) -> tuple[str, str]:
    """Care profile and domain "through zorgprofielen at the segment's start".

    "Own municipality before *, then the longest product code, then the newest geldig_vanaf"; geldig_tot is exclusive.
    """

    def rank(rule: CareProfileRule) -> tuple:
        stem = rule.product_code.removesuffix("*")
        return (rule.municipality_code != "*", len(stem), stem == rule.product_code, rule.valid_from or date.min)

    matching = [
        rule
        for rule in reference.care_profiles
        if (rule.municipality_code == "*" or municipalities.reads_as(rule.municipality_code) == municipality)
        and _matches(rule.product_code, product_code)
        and (rule.valid_from is None or rule.valid_from <= on)
        and (rule.valid_until is None or on < rule.valid_until)
    ]
    if not matching:
        return (UNMATCHED, UNMATCHED)
    best = max(matching, key=rank)
    return (best.care_profile, best.domain)


def _matches(pattern: str, product_code: str | None) -> bool:
    """Contract: "A trailing * matches a prefix" (section 4)."""
    if product_code is None:
        return False
    return product_code.startswith(pattern[:-1]) if pattern.endswith("*") else product_code == pattern
