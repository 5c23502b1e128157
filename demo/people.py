"""Synthetic clients: BSNs from the range that is reserved for tests, names that say what they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from stdnum.nl import bsn as bsn_number

from demo.messages import Client

# Test range of the standard (ijw, chapter identifiers): no person has a BSN in it.
FIRST_BSN, LAST_BSN = 999900006, 999999990


def test_bsns() -> tuple[str, ...]:
    """Every BSN of the test range that passes the 11-proef (CS002), ascending."""
    return tuple(str(n) for n in range(FIRST_BSN, LAST_BSN + 1) if bsn_number.is_valid(str(n)))


def clients(
    random: Random, *, youngest: date = date(2013, 12, 31), oldest: date = date(2001, 7, 1)
) -> Iterator[Client]:
    """Clients without end until the range is used up, no BSN twice.

    Args:
        random: decides which BSN, birth date and sex.
        youngest, oldest: limits of the birth date; by default everyone is 4 to 17 years old in 2018 and 2019.
    """
    numbers = list(test_bsns())
    random.shuffle(numbers)
    span = (youngest - oldest).days
    for count, number in enumerate(numbers, start=1):
        born = oldest + timedelta(days=random.randrange(span + 1))
        sex = "2" if random.random() < 0.55 else "1"
        yield Client(number, name=f"Demokind {count:04d}", birth_date=born, sex=sex)
