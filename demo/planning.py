"""What every plan draws from: clients, allocation numbers, dates, and a total shared out over months."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from random import Random

from demo.calendar import add_months, days, month_end, months_between
from demo.catalogue import LAST_MONTH, SEED
from demo.messages import Client
from demo.people import clients
from demo.trajectories import Pause, Stretch


def seeded(name: str) -> Random:
    """The random numbers of one part of the demo, so that a change in one part leaves the others as they are."""
    return Random(f"{SEED}/{name}")


@dataclass
class Supply:
    """Hands out each client and each allocation number once."""

    clients: Iterator[Client] = field(default_factory=lambda: clients(seeded("people")))
    numbers: Iterator[int] = field(default_factory=lambda: count(180001))

    def client(self) -> Client:
        """A client who has no care yet."""
        return next(self.clients)

    def number(self) -> int:
        """An allocation number that no municipality of the region has used."""
        return next(self.numbers)


Shape = Callable[[Random, Supply], tuple[Stretch, ...]]


def shares(total: int, weights: Sequence[float]) -> list[int]:
    """A whole total in whole parts, proportional to the weights, each at least 1; the parts add up to the total.

    Raises:
        ValueError: the total is smaller than the number of parts.
    """
    if total < len(weights):
        raise ValueError("the total is too small to give each part at least one")
    left = total - len(weights)
    exact = [weight * left / sum(weights) for weight in weights]
    parts = [1 + int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (int(exact[i]) - exact[i], i))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts


def day_in(random: Random, month: date) -> date:
    """A day in the first three weeks of a month."""
    return month + days(random.randrange(20))


def care_months(stretches: Iterable[Stretch], pause: Pause | None = None, last_month: date = LAST_MONTH) -> list[date]:
    """The months in which care is delivered: every month of the stretches but those that lie wholly in the pause.

    Nothing is delivered after ``last_month``, where the demo's data end.
    """
    until = month_end(last_month)
    months = {month for s in stretches for month in months_between(s.starts_on, min(s.last_day, until))}
    if pause is not None:
        months = {m for m in months if not (m > pause.last_day and month_end(m) < pause.resumes_on)}
    return sorted(months)


def within(year: int) -> Shape:
    """New in the year and over before it ends: two to four months."""

    def shape(random: Random, supply: Supply) -> tuple[Stretch, ...]:
        first = date(year, 1 + random.randrange(8), 1)
        last = add_months(first, 1 + random.randrange(3))
        return (Stretch(supply.number(), day_in(random, first), month_end(last)),)

    return shape


def across(random: Random, supply: Supply) -> tuple[Stretch, ...]:
    """New in 2018, carried over into 2019: one allocation over the turn of the year."""
    first = date(2018, 4 + random.randrange(8), 1)
    last = date(2019, 2 + random.randrange(7), 1)
    return (Stretch(supply.number(), day_in(random, first), month_end(last)),)


def extended_by_number(last_day: date, resumes_on: date) -> Shape:
    """New in 2018, extended by a second allocation number that begins on ``resumes_on``."""

    def shape(random: Random, supply: Supply) -> tuple[Stretch, ...]:
        first = date(2018, 4 + random.randrange(6), 1)
        end = month_end(date(2019, 6 + random.randrange(5), 1))
        return (
            Stretch(supply.number(), day_in(random, first), last_day),
            Stretch(supply.number(), resumes_on, end),
        )

    return shape


def extended_by_date(last_day: date, decided_on: date) -> Shape:
    """New in 2018, extended under the same number: a later version moves the end date out."""

    def shape(random: Random, supply: Supply) -> tuple[Stretch, ...]:
        first = date(2018, 4 + random.randrange(6), 1)
        end = month_end(date(2019, 6 + random.randrange(5), 1))
        return (Stretch(supply.number(), day_in(random, first), last_day, moved_to=end, moved_on=decided_on),)

    return shape


def stop_day(random: Random, stretches: Sequence[Stretch], last_month: date = LAST_MONTH) -> date | None:
    """Three in four providers say when care stopped: on one of the last days of the last allocation."""
    last_day = stretches[-1].last_day
    if last_day > month_end(last_month) or random.random() < 0.25:
        return None
    return last_day - days(random.randrange(6))
