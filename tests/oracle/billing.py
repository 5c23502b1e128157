"""Bills, answers and corrections for the histories: the part of the strategies that decides which lines count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

from .build import FLAT, answer, message
from .history import DeclarationLine, Delivery

Draw = Callable[[st.SearchStrategy], Any]
T = TypeVar("T")
CENTS = (100, 1, 12345, 70000, 99999)


class Billable(Protocol):
    """What a bill needs to know of an episode."""

    client: str
    provider: str
    code: str
    number: int | None
    product: str
    begins_on: date
    ends_on: date | None


def pick(draw: Draw, *options: T) -> T:
    """One of the options; naming one several times makes it likelier."""
    return draw(st.sampled_from(options))


def chance(draw: Draw, hits: int, of: int) -> bool:
    """True in about `hits` of `of` cases."""
    return draw(st.integers(0, of - 1)) >= of - hits


@dataclass
class Bills:
    """Lines that wait to be sent, by the bill they go into."""

    waiting: dict[tuple[str, str, int], list[DeclarationLine]] = field(default_factory=dict)
    counter: int = 0

    def next(self) -> int:
        self.counter += 1
        return self.counter

    def declare(self, draw: Draw, episode: Billable, codes: tuple[str, ...]) -> None:
        """Lines for some months of an episode, mostly within it."""
        slot = draw(st.integers(0, 2))
        code = episode.code if chance(draw, 4, 5) else pick(draw, *codes)
        for begins_on, ends_on in _months(draw, episode):
            line = DeclarationLine(
                row_number=1,
                known_at=ends_on,
                municipality_code=code,
                provider_agb=episode.provider if chance(draw, 30, 31) else "P1",
                client_key=episode.client,
                allocation_number=episode.number,
                line_reference=f"L{self.next()}",
                product_category=episode.product[:2],
                product_code=episode.product if chance(draw, 15, 16) else "54001",
                period_from=begins_on,
                period_to=ends_on,
                amount_cents=pick(draw, *CENTS),
            )
            # Only a JW303 or an export can leave the number out.
            at = slot + 3 if episode.number is None else slot
            self.waiting.setdefault((code, line.provider_agb, at), []).append(line)
            slot = slot if chance(draw, 2, 3) else draw(st.integers(0, 2))

    def deliveries(self, draw: Draw) -> list[Delivery]:
        """Every bill with what came after it: the answer, corrections, the same lines again, and their answers."""
        found: list[Delivery] = []
        for (_, _, slot), lines in sorted(self.waiting.items()):
            kind = (
                pick(draw, "JW303", "declaraties")
                if slot >= 3
                else pick(draw, "JW323", "JW323", "JW303", "declaraties")
            )
            on = max(line.period_to for line in lines) + timedelta(days=pick(draw, 5, 1, 40))
            found += self._bill(draw, kind, on, lines)
            for _ in range(pick(draw, 0, 0, 1, 1, 2)):
                after = _corrections(draw, lines, self)
                on += timedelta(days=pick(draw, 30, 20, 0, 400))
                if after:
                    again = kind if chance(draw, 5, 6) or slot >= 3 else pick(draw, "JW323", "JW303", "declaraties")
                    found += self._bill(draw, again, on, after)
                    lines = lines + after
        return found

    def _bill(self, draw: Draw, kind: str, on: date, lines: list[DeclarationLine]) -> list[Delivery]:
        identification = f"D{self.next()}"
        first = lines[0]
        numbered = [replace(line, row_number=row, known_at=on) for row, line in enumerate(lines, start=1)]
        if kind in FLAT:
            facts = tuple(_flat(draw, line, self) for line in numbered)
            exports = [message(kind, on, identification, facts)]
            if chance(draw, 1, 6):
                # The same rows in the next export: identical in every column, or all but one.
                exports.append(message(kind, on + timedelta(days=30), f"{identification}-again", facts))
            return exports
        facts = tuple(
            replace(line, message_identification=identification, declaration_number=identification) for line in numbered
        )
        bill = message(
            kind, on, identification, facts, municipality=first.municipality_code, provider=first.provider_agb
        )
        return [bill, *_answers(draw, bill)]


def _months(draw: Draw, episode: Billable) -> list[tuple[date, date]]:
    """Up to four product periods of an episode: calendar months within it, now and then days outside or all in one."""
    begin = episode.begins_on - timedelta(days=pick(draw, 0, 0, 0, 0, 0, 5, 40))
    end = (episode.ends_on or episode.begins_on + timedelta(days=150)) + timedelta(days=pick(draw, 0, 0, 0, 0, 10))
    months = []
    while begin <= end:
        last = (begin.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        months.append((begin, min(last, end)))
        begin = last + timedelta(days=1)
    if chance(draw, 1, 10):
        return []
    if chance(draw, 1, 16):
        return [(months[0][0], months[-1][1])]
    chosen = [months[0], months[-1], *(month for month in months if month[0].month in (1, 12))]
    if chance(draw, 1, 3):
        chosen = chosen[: draw(st.integers(1, len(chosen)))]
    return sorted(set(chosen))[:4]


def _flat(draw: Draw, line: DeclarationLine, bills: Bills) -> DeclarationLine:
    verdict = pick(draw, "approved", "approved", "approved", "open", "rejected")
    return replace(line, verdict=verdict, row_digest=f"line-{bills.next()}")


def _corrections(draw: Draw, lines: list[DeclarationLine], bills: Bills) -> list[DeclarationLine]:
    """What the next bill says about earlier lines: credits, corrected lines, references used again."""
    found: dict[str, DeclarationLine] = {}
    for line in lines:
        if chance(draw, 1, 2):
            continue
        cents = pick(draw, *CENTS)
        match pick(draw, "credit", "credit and again", "same reference", "new reference", "stray credit"):
            case "credit" if not line.is_credit or chance(draw, 1, 4):
                credit = _credit(line, bills)
                found[credit.line_reference] = credit
            case "credit and again" if not line.is_credit:
                for one in (_credit(line, bills), replace(line, line_reference=f"L{bills.next()}", amount_cents=cents)):
                    found[one.line_reference] = one
            case "same reference":
                signed = -cents if line.is_credit else cents
                found[line.line_reference] = replace(line, amount_cents=signed)
            case "new reference":
                found[f"L{bills.next()}"] = line
            case "stray credit":
                stray = replace(_credit(line, bills), previous_reference=pick(draw, "nowhere", "L1", "L2"))
                found[stray.line_reference] = stray
    return [replace(line, line_reference=reference) for reference, line in found.items()]


def _credit(line: DeclarationLine, bills: Bills) -> DeclarationLine:
    return replace(
        line,
        line_reference=f"L{bills.next()}",
        previous_reference=line.line_reference,
        amount_cents=-abs(line.amount_cents),
        is_credit=True,
    )


def _answers(draw: Draw, bill: Delivery) -> list[Delivery]:
    """None yet, granted in full, some lines refused or granted in part, or the whole bill refused."""
    on = bill.message_date + timedelta(days=pick(draw, 10, 1, 60))
    references = [fact.line_reference for fact in bill.facts if isinstance(fact, DeclarationLine)]
    match pick(draw, "none", "none", "full", "full", "full", "listed", "listed", "part", "whole", "header"):
        case "full":
            return [answer(bill, on.isoformat())]
        case "listed":
            refused = tuple(reference for reference in references if chance(draw, 1, 2))
            return [answer(bill, on.isoformat(), rejected=refused)]
        case "part" if bill.kind == "JW303":
            granted = {
                fact.line_reference: fact.amount_cents // 3 if fact.amount_cents > 3 else fact.amount_cents
                for fact in bill.facts
                if isinstance(fact, DeclarationLine) and chance(draw, 2, 3)
            }
            return [answer(bill, on.isoformat(), granted=granted)]
        case "whole":
            return [answer(bill, on.isoformat(), whole=True)]
        case "header":
            return [answer(bill, on.isoformat(), header_only=True)]
        case _:
            return []
