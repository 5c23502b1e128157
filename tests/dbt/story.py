"""Stories: what happened to a few clients of one municipality, told in messages; all stories share one dbt build.

A story gets its own municipality, provider and client keys, so that no story touches another. Test modules register
their stories with ``@story`` when they are imported; the session's warehouse is built from all that were registered.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from .lake import Delivery, Lake

Teller = Callable[["Story"], None]
STORIES: dict[str, Teller] = {}


def story(tell: Teller) -> Teller:
    """Register a story under its function's name."""
    assert tell.__name__ not in STORIES, f"two stories are called {tell.__name__}"
    STORIES[tell.__name__] = tell
    return tell


def day(text: str) -> date:
    """``2019-03-31`` as a date."""
    return date.fromisoformat(text)


def municipality_of(name: str) -> str:
    """The municipality code of a story: the same in every session that registers the same stories."""
    return f"{list(STORIES).index(name) + 2000:04d}"


def provider_of(name: str) -> str:
    """The provider's AGB code of a story."""
    return f"94{list(STORIES).index(name) + 2000:06d}"


@dataclass
class Story:
    """Writes messages of one municipality and one provider; every date is text."""

    lake: Lake
    name: str
    references: int = 0

    @property
    def municipality(self) -> str:
        return municipality_of(self.name)

    @property
    def provider(self) -> str:
        return provider_of(self.name)

    def client(self, client: str = "c") -> str:
        return f"{self.name}-{client}"

    def _header(self, values: dict[str, Any]) -> dict[str, Any]:
        return {"municipality": self.municipality, "provider": self.provider} | values

    def message(self, kind: str, known: str, **values: Any) -> Delivery:
        return self.lake.message(kind, day(known), **self._header(values))

    def observed_since(self, first_day: str, **values: Any) -> None:
        """The municipality delivers from this day, so that what begins later is new."""
        row = {"gemeentecode": self.municipality, "gegevens_vanaf": day(first_day)}
        self.lake.reference["gemeenten"].append(row | values)

    def allocated(
        self, number: int, starts: str, ends: str | None, *, client: str = "c", known: str | None = None, **values: Any
    ) -> None:
        self.lake.allocate(
            day(known or starts),
            self.client(client),
            number,
            day(starts),
            day(ends) if ends else None,
            **self._header(values),
        )

    def started(self, number: int, begins: str, *, client: str = "c", known: str | None = None, **values: Any) -> None:
        self.lake.event("JW305", day(known or begins), self.client(client), number, day(begins), **self._header(values))

    def stopped(
        self,
        number: int,
        begins: str,
        ends: str,
        reason: str = "31",
        *,
        client: str = "c",
        known: str | None = None,
        **values: Any,
    ) -> None:
        self.lake.event(
            "JW307",
            day(known or ends),
            self.client(client),
            number,
            day(begins),
            ends_on=day(ends),
            end_reason=reason,
            **self._header(values),
        )

    def requested(self, known: str, reference: str, *, client: str = "c", **values: Any) -> None:
        self.lake.request(day(known), self.client(client), reference, **self._header(values))

    def declaration(self, known: str, kind: str = "JW323", **values: Any) -> Delivery:
        return self.message(kind, known, **values)

    def line(
        self,
        delivery: Delivery,
        number: int | None,
        month: str,
        cents: int = 1000,
        *,
        client: str = "c",
        reference: str | None = None,
        **values: Any,
    ) -> str:
        """One line for a month (``2019-03``) or for days (``2019-03-05/2019-03-20``); gives its reference."""
        self.references += 1
        reference = reference or f"R{self.references}"
        begins, _, ends = month.partition("/")
        if not ends:
            begins, ends = f"{month}-01", f"{month}-{calendar.monthrange(int(month[:4]), int(month[5:]))[1]}"
        self.lake.declare(delivery, self.client(client), number, reference, day(begins), day(ends), cents, **values)
        return reference

    def paid(self, number: int | None, *months: str, cents: int = 1000, client: str = "c", **values: Any) -> None:
        """A declaration per month, each approved in full."""
        for month in months:
            until = day(month.partition("/")[2] or f"{month}-28")
            delivery = self.declaration(
                (until + timedelta(days=20)).isoformat(), **self._of(values, "municipality", "provider")
            )
            self.line(delivery, number, month, cents, client=client, **values)
            self.lake.answer("JW325", until + timedelta(days=30), delivery, cents, cents, return_codes="8001")

    @staticmethod
    def _of(values: dict[str, Any], *names: str) -> dict[str, Any]:
        return {name: values.pop(name) for name in names if name in values}
