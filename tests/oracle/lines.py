"""Which declaration lines count, and for how many cents (section 5: counting lines; settled readings on credits)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from .deliveries import Taken
from .history import Decision, DeclarationLine
from .municipalities import Municipalities

FULLY_GRANTED = "8001"


@dataclass(frozen=True)
class CountingLine:
    """A line that counts. cents: signed, as far as granted. is_open: nobody answered yet."""

    line: DeclarationLine
    cents: int
    is_open: bool
    order: tuple


@dataclass(frozen=True)
class _Judged:
    taken: Taken
    line: DeclarationLine
    is_rejected: bool
    is_open: bool
    cents: int


Answers = dict[tuple[str, str, str, str], list[Decision]]


def counting_lines(facts: list[Taken], municipalities: Municipalities) -> list[CountingLine]:
    """Contract: "All but rejected ones and, in pairs, a credited debit with its credit" (section 5).

    facts: everything accepted, in order of message date, file name and row.
    """
    answers = _answers(facts, municipalities)
    judged = [
        _judge(item, item.fact, answers, municipalities) for item in facts if isinstance(item.fact, DeclarationLine)
    ]
    alive = [one for one in _first_unrejected(judged) if not one.is_rejected]
    credited = _credited(alive)
    return [
        CountingLine(one.line, one.cents, one.is_open, one.taken.order)
        for one in alive
        if not one.line.is_credit and (one.line.provider_agb, one.line.line_reference) not in credited
    ]


def _answers(facts: list[Taken], municipalities: Municipalities) -> Answers:
    """Answers per (municipality, provider, answered identification, kind): a JW304 answers a JW303, a JW325 a JW323."""
    declaration_kind = {"JW304": "JW303", "JW325": "JW323"}
    found: Answers = defaultdict(list)
    for item in facts:
        if isinstance(item.fact, Decision):
            fact = item.fact
            asked = (municipalities.reads_as(fact.municipality_code), fact.provider_agb, fact.answered_identification)
            found[*asked, declaration_kind[item.delivery.kind]].append(fact)
    return found


def rejects_whole(decision: Decision) -> bool:
    """Contract: "rejected whole"; "a total granted of 0 without lines rejects all" (3.3).

    A declaration that nets to nothing and is answered 8001, granted in full, has a total granted of 0 as well.
    """
    if not decision.has_body:
        return True
    nets_to_nothing = decision.submitted_cents == 0 and FULLY_GRANTED in decision.return_codes.split()
    return decision.granted_cents == 0 and not decision.listed and not nets_to_nothing


def _judge(taken: Taken, line: DeclarationLine, answers: Answers, municipalities: Municipalities) -> _Judged:
    """Contract: "listed in a JW325, in a declaration rejected whole, granted nothing in a JW304, or afgekeurd".

    "A line that a JW304 granted in part counts with the granted amount."
    """
    if line.verdict is not None:
        return _Judged(taken, line, line.verdict == "rejected", line.verdict == "open", line.amount_cents)
    answered = []
    if line.message_identification is not None:
        municipality = municipalities.reads_as(line.municipality_code)
        key = (municipality, line.provider_agb, line.message_identification, taken.delivery.kind)
        answered = answers.get(key, [])
    cents, is_rejected = line.amount_cents, False
    for decision in answered:
        if rejects_whole(decision):
            is_rejected = True
        for listed in decision.listed:
            if listed.line_reference != line.line_reference:
                continue
            if taken.delivery.kind == "JW323" or listed.granted_cents == 0:
                is_rejected = True
            else:
                cents = listed.granted_cents
    return _Judged(taken, line, is_rejected, not answered, cents)


def _first_unrejected(judged: list[_Judged]) -> list[_Judged]:
    """Contract: "the same (aanbieder, referentienummer) counts only where every earlier one was rejected" (3.3)."""
    stood: set[tuple[str, str]] = set()
    kept = []
    for one in judged:
        key = (one.line.provider_agb, one.line.line_reference)
        if key in stood:
            continue
        kept.append(one)
        if not one.is_rejected:
            stood.add(key)
    return kept


def _credited(alive: list[_Judged]) -> set[tuple[str, str]]:
    """(provider, reference) of the debits that a credit takes back.

    "A credit that was rejected: its debit keeps counting; a second credit: left out; a credit of a rejected line: left
    out" (settled readings). "A credit whose debit is not known (yet): left out of costs" (3.3). So a credit itself
    never counts: with its debit, or alone, it is out.
    """
    return {
        (one.line.provider_agb, one.line.previous_reference)
        for one in alive
        if one.line.is_credit and one.line.previous_reference is not None
    }
