"""Which deliveries and which of their rows hold, looking at all of them together (contract 3.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from .history import AllocationVersion, AnyFact, Decision, DeclarationLine, Delivery, Fact, History


@dataclass(frozen=True)
class Taken:
    """An accepted fact and where it came from."""

    fact: AnyFact
    delivery: Delivery

    @property
    def order(self) -> tuple:
        """Contract: "First and second are by message date, then file name" (3.3); within a file by row."""
        return (self.delivery.message_date, self.delivery.file_name, self.fact.row_number)


@dataclass(frozen=True)
class Outcome:
    """What ops.deliveries says of one file under one name. Cents are signed."""

    file_sha256: str
    file_name: str
    outcome: str
    reason: str | None
    rows_read: int
    rows_accepted: int
    rows_quarantined: int
    rows_duplicate: int
    cents_read: int
    cents_accepted: int
    cents_quarantined: int
    cents_duplicate: int


def verdicts(deliveries: Iterable[Delivery]) -> dict[str, str]:
    """Per file_sha256: taken, refused, duplicate or identification_conflict.

    "the same (sender, message code, identification) with the same content: duplicate file, zero rows accepted";
    "same (sender, message code, identification), other content: second file refused" (3.3). A file that was refused
    while reading is nobody's first.
    """
    found: dict[str, str] = {}
    first: dict[tuple, Delivery] = {}
    for delivery in sorted(deliveries, key=lambda d: (d.message_date, d.file_name)):
        if delivery.refusal is not None:
            found[delivery.file_sha256] = "refused"
            continue
        if delivery.identification is None:
            found[delivery.file_sha256] = "taken"
            continue
        key = (delivery.sender, delivery.message_code, delivery.identification)
        earlier = first.setdefault(key, delivery)
        if earlier is delivery:
            found[delivery.file_sha256] = "taken"
        elif earlier.content_digest == delivery.content_digest:
            found[delivery.file_sha256] = "duplicate"
        else:
            found[delivery.file_sha256] = "identification_conflict"
    return found


def duplicate_rows(taken: Iterable[Taken]) -> set[tuple[str, int]]:
    """(file_sha256, row_number) of the rows that repeat a row of an earlier file.

    "an allocation version already known is a duplicate row, and so is a flat row identical in every column" (3.3).
    A flat allocation with other columns is the newer picture of a snapshot, not a repeat of the old one.
    """
    repeats: set[tuple[str, int]] = set()
    known: set[tuple] = set()
    for item in sorted(taken, key=lambda t: t.order):
        told = _told(item)
        # A flat row is measured by all its columns, a message's row by the version that it names.
        if told and told[0] in known:
            repeats.add((item.delivery.file_sha256, item.fact.row_number))
        known.update(told)
    return repeats


def _told(item: Taken) -> list[tuple]:
    """What a row makes known: all its columns where it is flat, and the version of an allocation."""
    fact, told = item.fact, []
    if isinstance(fact, AllocationVersion | DeclarationLine) and fact.row_digest is not None:
        told.append(("columns", item.delivery.kind, fact.row_digest))
    if isinstance(fact, AllocationVersion) and fact.allocation_number is not None:
        version = (fact.municipality_code, fact.allocation_number, fact.client_key, *version_moment(fact))
        told.append(("version", *version))
    return told


def version_moment(version: AllocationVersion) -> tuple:
    """The (toewijzingsdatum, toewijzingstijd) that tells one version of an allocation from the next."""
    return (version.allocated_on, version.allocated_at)


def accepted(history: History) -> list[Taken]:
    """Every fact of the deliveries that hold, flat repeats left out, in order of message date, file name and row.

    Repeats of an allocation version stay: they hold nothing new, except perhaps the provider's reference.
    """
    verdict = verdicts(history.deliveries)
    items = [
        Taken(fact, delivery)
        for delivery in history.deliveries
        if verdict[delivery.file_sha256] == "taken"
        for fact in delivery.facts
    ]
    repeats = duplicate_rows(items)
    flat = {"declaraties", "toewijzingen"}
    kept = [
        item
        for item in items
        if item.delivery.kind not in flat or (item.delivery.file_sha256, item.fact.row_number) not in repeats
    ]
    return sorted(kept, key=lambda t: t.order)


def outcomes(history: History) -> list[Outcome]:
    """The counts of every file under every name, by the law of 3.3: read = accepted + quarantined + duplicate."""
    verdict = verdicts(history.deliveries)
    items = [Taken(fact, d) for d in history.deliveries if verdict[d.file_sha256] == "taken" for fact in d.facts]
    repeats = duplicate_rows(items)
    found: list[Outcome] = []
    for delivery in history.deliveries:
        found.append(_outcome(delivery, verdict[delivery.file_sha256], repeats))
        copies = [replace(delivery, file_name=name) for name in delivery.also_named]
        # "Same bytes again: duplicate file"; of a refused file they are refused again, for there is nothing to repeat.
        again = verdict[delivery.file_sha256]
        found += [_outcome(copy, "duplicate" if again == "taken" else again, repeats) for copy in copies]
    return found


def rows_and_cents(delivery: Delivery) -> dict[int, int]:
    """Cents per accepted row number. "The rows of an answer are the lines it lists, with 0 cents" (3.3)."""
    rows: dict[int, int] = defaultdict(int)
    for fact in delivery.facts:
        if isinstance(fact, Decision):
            rows.update({line.row_number: 0 for line in fact.listed})
        elif isinstance(fact, Fact):
            rows[fact.row_number] += fact.amount_cents if isinstance(fact, DeclarationLine) else 0
    return dict(rows)


def _outcome(delivery: Delivery, verdict: str, repeats: set[tuple[str, int]]) -> Outcome:
    rows = rows_and_cents(delivery)
    read = len(rows) + delivery.quarantined_rows
    cents = sum(rows.values()) + delivery.quarantined_cents
    name = (delivery.file_sha256, delivery.file_name)
    if verdict == "duplicate":
        return Outcome(*name, "duplicate", None, read, 0, 0, read, cents, 0, 0, cents)
    if verdict != "taken":
        reason = delivery.refusal if verdict == "refused" else verdict
        return Outcome(*name, "refused", reason, read, 0, read, 0, cents, 0, cents, 0)
    again = [number for number in rows if (delivery.file_sha256, number) in repeats]
    again_cents = sum(rows[number] for number in again)
    return Outcome(
        *name,
        "partly_quarantined" if delivery.quarantined_rows else "accepted",
        None,
        read,
        len(rows) - len(again),
        delivery.quarantined_rows,
        len(again),
        cents,
        sum(rows.values()) - again_cents,
        delivery.quarantined_cents,
        again_cents,
    )
