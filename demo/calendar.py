"""Months and days, without a clock. A month is its first day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta


def month_of(day: date) -> date:
    """The first day of the day's month."""
    return day.replace(day=1)


def add_months(month: date, count: int) -> date:
    """The month that lies ``count`` months later (earlier when negative)."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def month_end(month: date) -> date:
    """The month's last day."""
    return add_months(month, 1) - timedelta(days=1)


def months_between(first: date, last: date) -> Iterator[date]:
    """Every month that has a day in the period, both days included."""
    month = month_of(first)
    while month <= last:
        yield month
        month = add_months(month, 1)


def days(count: int) -> timedelta:
    """A number of days, to add to a date."""
    return timedelta(days=count)
