"""Makes a history that differs as small as it can be, many attempts in one build."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

from .history import Decision, History
from .warehouse import Difference, differences

CHANCES = (0.3, 0.5, 0.65, 0.8, 0.9)
Item = tuple[int, int | None]


def shrink(history: History, folder: Path, max_gap_days: int = 31) -> tuple[History, list[Difference]]:
    """The smallest history found by leaving out deliveries, rows and reference rows that still differs."""
    step = 0
    found = differences([history], folder / "shrink-0", max_gap_days).get(0, [])
    while True:
        step += 1
        attempts = list(_attempts(history, random.Random(step)))
        if not attempts:
            return history, found
        unlike = differences(attempts, folder / f"shrink-{step}", max_gap_days)
        if not unlike:
            return history, found
        best = min(unlike, key=lambda index: _size(attempts[index]))
        if _size(attempts[best]) >= _size(history):
            return history, found
        history, found = attempts[best], unlike[best]


def _size(history: History) -> int:
    reference = history.reference
    tables = (_own_rules(history), reference.municipalities, reference.posts, reference.practices, reference.aliases)
    return len(_items(history)) + sum(len(rows) for rows in tables)


def _items(history: History) -> list[Item]:
    """Deliveries, and the rows of those that have several; (delivery, row), row None is the whole."""
    found: list[Item] = [(position, None) for position in range(len(history.deliveries))]
    for position, delivery in enumerate(history.deliveries):
        if len(delivery.facts) > 1:
            found += [(position, row) for row in range(len(delivery.facts))]
    return found


def _attempts(history: History, chance: random.Random) -> Iterator[History]:
    """Without each single item, without many at random, and without each reference row."""
    items = _items(history)
    yield from (_without(history, {item}) for item in items)
    if len(items) > 4:
        for _ in range(30):
            for share in CHANCES:
                yield _without(history, {item for item in items if chance.random() < share})
    reference = history.reference
    for rule in _own_rules(history):
        yield _with(history, care_profiles=tuple(r for r in reference.care_profiles if r != rule))
    for name in ("municipalities", "posts", "practices", "aliases"):
        rows = getattr(reference, name)
        for row in rows:
            yield _with(history, **{name: tuple(r for r in rows if r != row)})


def _own_rules(history: History) -> list[object]:
    return [rule for rule in history.reference.care_profiles if rule.municipality_code != "*"]


def _with(history: History, **reference: object) -> History:
    return replace(history, reference=replace(history.reference, **reference))


def _without(history: History, gone: set[Item]) -> History:
    deliveries = []
    for position, delivery in enumerate(history.deliveries):
        if (position, None) in gone:
            continue
        facts = tuple(fact for row, fact in enumerate(delivery.facts) if (position, row) not in gone)
        if facts:
            deliveries.append(replace(delivery, facts=facts))
    return replace(history, deliveries=tuple(deliveries))


def described(history: History, found: list[Difference]) -> str:
    """The history and its differences in lines that a person can follow."""
    lines = []
    for delivery in sorted(history.deliveries, key=lambda d: (d.message_date, d.file_name)):
        lines.append(f"{delivery.message_date} {delivery.kind} {_told(delivery, {'facts', 'message_date', 'kind'})}")
        for fact in delivery.facts:
            lines.append(f"    {type(fact).__name__} {_told(fact, {'listed'})}")
            if isinstance(fact, Decision):
                lines += [f"        listed {_told(listed, set())}" for listed in fact.listed]
    reference = history.reference
    rows = [*_own_rules(history), *reference.municipalities, *reference.posts, *reference.practices]
    lines += [f"reference {row}" for row in rows]
    for difference in found:
        lines.append(f"{difference.table}:")
        lines += [f"    expected {row}" for row in difference.expected]
        lines += [f"    got      {row}" for row in difference.got]
    return "\n".join(lines)


def _told(thing: object, hidden: set[str]) -> str:
    hidden = hidden | {"file_sha256", "content_digest", "row_digest", "release", "message_code"}
    values = {f.name: getattr(thing, f.name) for f in fields(thing) if f.name not in hidden}
    return ", ".join(f"{name}={value}" for name, value in values.items() if value not in (None, (), 0, False))
