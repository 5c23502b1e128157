"""A trajectory as the demo plans it, and the messages in which the exchange tells it.

Belongs here: one client's care at one provider. Does not belong here: how many there are (stramproy, neighbours), the
bills (bills), and what the figures must be (the definitions decide that, from the messages alone).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from enum import Enum

from demo.calendar import days, month_end
from demo.catalogue import Service, release_on
from demo.messages import (
    AllocatedProduct,
    AllocationMessage,
    Client,
    Message,
    MessageHeader,
    Product,
    Quantity,
    RequestedProduct,
    RequestMessage,
    StartMessage,
    StartProduct,
    StopMessage,
    StopProduct,
)


@dataclass(frozen=True, slots=True)
class Referrer:
    """Who a request names: type (COD327), and a name; from release 3.0 on its AGB code instead, where it is known."""

    type: str
    name: str | None
    agb_code: str | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """One allocation number, from its first version on.

    Attributes:
        moved_to, moved_on: a later version, decided on ``moved_on``, that moves the end date out to ``moved_to``.
        change_reason: of the first version (JZ002), such as ``10``.
    """

    number: int
    starts_on: date
    ends_on: date
    moved_to: date | None = None
    moved_on: date | None = None
    change_reason: str | None = None

    @property
    def last_day(self) -> date:
        """The end as it stands at last."""
        return self.moved_to or self.ends_on


@dataclass(frozen=True, slots=True)
class Pause:
    """A temporary stop (JZ588 20): the last day before it and the first day after it."""

    last_day: date
    resumes_on: date


class Incident(Enum):
    """What goes wrong with the bill of one care month, and is put right without changing what counts."""

    CREDITED = "too much was declared; two months later a credit and the corrected line"
    REJECTED = "rejected for its tariff; a month later the right line"
    MISDATED = "a product period that ends before it begins; a month later the right line"
    LATE = "declared three months late"
    GRANTED_IN_PART = "too much was declared, and granted in part"


@dataclass(frozen=True, slots=True)
class Trajectory:
    """One client's care: what was ordered, what was delivered.

    Attributes:
        referrer: None when no request was sent, as for care through the municipality's own access.
        volumes: units per care month.
        stopped_on: day of the definitive stop; None where no stop was sent.
        withdrawn: an allocation made by mistake, taken back five days later.
        incidents: care months whose bill does not go straight.
        has_product_code: False for an allocation that names a category only.
        has_allocation: False for care that was declared without any allocation.
    """

    client: Client
    municipality_code: str
    provider_agb: str
    service: Service
    referrer: Referrer | None
    stretches: tuple[Stretch, ...]
    volumes: Mapping[date, int]
    stopped_on: date | None = None
    pause: Pause | None = None
    withdrawn: Stretch | None = None
    incidents: Mapping[date, Incident] = field(default_factory=dict)
    has_product_code: bool = True
    has_allocation: bool = True

    @property
    def allocated_product(self) -> Product:
        """The product as the allocation names it."""
        product = self.service.product
        return product if self.has_product_code else replace(product, code=None)

    def stretch_of(self, month: date) -> Stretch:
        """The stretch under which a month is declared: the first that has a day in it."""
        return next(s for s in self.stretches if s.starts_on <= month_end(month) and s.last_day >= month)


def _header(trajectory: Trajectory, letter: str, number: int, dated_on: date) -> MessageHeader:
    identification = f"{letter}{number:09d}"
    return MessageHeader(
        trajectory.municipality_code, trajectory.provider_agb, identification, dated_on, release_on(dated_on)
    )


def care_messages(trajectory: Trajectory) -> Iterator[Message]:
    """Every message about the trajectory but its declarations: request, allocations, start, pause, stop."""
    if not trajectory.has_allocation:
        return
    if trajectory.referrer is not None:
        yield _request(trajectory, trajectory.referrer)
    yield from _allocations(trajectory)
    yield from _events(trajectory)


def _request_reference(trajectory: Trajectory) -> str:
    return f"VOT-{trajectory.municipality_code}-{trajectory.stretches[0].number}"


def _request(trajectory: Trajectory, referrer: Referrer) -> RequestMessage:
    first = trajectory.stretches[0]
    header = _header(trajectory, "V", first.number, first.starts_on - days(12))
    agb_code = None if header.is_second_generation else referrer.agb_code
    product = RequestedProduct(
        _request_reference(trajectory),
        trajectory.service.product,
        first.starts_on,
        first.ends_on,
        referrer_type=referrer.type,
        referrer_name=None if agb_code else referrer.name,
        referrer_agb=agb_code,
        quantity=_quantity(trajectory, first, first.ends_on),
    )
    return RequestMessage(header, trajectory.client, (product,))


def _quantity(trajectory: Trajectory, stretch: Stretch, until: date) -> Quantity:
    """A tenth more than what is delivered until the day, in whole hours: the provider asks for some room."""
    months = (month for month in trajectory.volumes if month <= until and trajectory.stretch_of(month) == stretch)
    needed = sum(trajectory.volumes[month] for month in months)
    return Quantity(math.ceil((needed * 1.1 + 60) / 60) * 60, trajectory.service.unit, "6")


def _version(trajectory: Trajectory, stretch: Stretch, decided_on: date) -> AllocatedProduct:
    return AllocatedProduct(
        stretch.number,
        trajectory.allocated_product,
        stretch.starts_on,
        stretch.ends_on,
        allocated_on=decided_on,
        allocated_at=time(9 + stretch.number % 8, stretch.number % 60),
        change_reason=stretch.change_reason,
        quantity=_quantity(trajectory, stretch, stretch.ends_on),
    )


def _moved(trajectory: Trajectory, stretch: Stretch, first: AllocatedProduct) -> AllocatedProduct:
    """The version that moves the end date out. The municipality sends it of its own accord, so it has no reference."""
    assert stretch.moved_to is not None
    assert stretch.moved_on is not None
    return replace(
        first,
        ends_on=stretch.moved_to,
        allocated_on=stretch.moved_on,
        change_reason="04",
        quantity=_quantity(trajectory, stretch, stretch.moved_to),
    )


def _allocations(trajectory: Trajectory) -> Iterator[AllocationMessage]:
    """JW301s in order. Each repeats what already stands (OP087), without reference but in the first (IV097)."""
    standing: dict[int, AllocatedProduct] = {}
    for index, stretch in enumerate(trajectory.stretches):
        decided_on = stretch.starts_on - days(5)
        version = _version(trajectory, stretch, decided_on)
        reference = _request_reference(trajectory) if index == 0 and trajectory.referrer is not None else None
        standing[stretch.number] = version
        yield _allocation(trajectory, stretch.number * 10, standing, replace(version, request_reference=reference))
        if stretch.moved_to is not None:
            standing[stretch.number] = moved = _moved(trajectory, stretch, version)
            yield _allocation(trajectory, stretch.number * 10 + 1, standing, moved)
    if trajectory.withdrawn is not None:
        mistake = _version(trajectory, trajectory.withdrawn, trajectory.withdrawn.starts_on - days(10))
        yield _allocation(trajectory, mistake.allocation_number * 10, standing, mistake)
        # JZ002 01 with end = start takes back in 2.x what 13 does from 3.1 on
        taken_back = replace(
            mistake, ends_on=mistake.starts_on, change_reason="01", allocated_on=mistake.allocated_on + days(5)
        )
        yield _allocation(trajectory, mistake.allocation_number * 10 + 1, standing, taken_back)


def _allocation(
    trajectory: Trajectory, number: int, standing: Mapping[int, AllocatedProduct], changed: AllocatedProduct
) -> AllocationMessage:
    others = (version for key, version in sorted(standing.items()) if key != changed.allocation_number)
    header = _header(trajectory, "T", number, changed.allocated_on)
    return AllocationMessage(header, trajectory.client, (*others, changed))


def _events(trajectory: Trajectory) -> Iterator[StartMessage | StopMessage]:
    for stretch in trajectory.stretches:
        begins_on = stretch.starts_on + days(stretch.number % 4)
        yield _start(trajectory, stretch, begins_on, 0)
    last = trajectory.stretches[-1]
    begins_on = last.starts_on + days(last.number % 4)
    if trajectory.pause is not None:
        yield _stop(trajectory, last, begins_on, trajectory.pause.last_day, "20")
        yield _start(trajectory, last, trajectory.pause.resumes_on, 1)
        begins_on = trajectory.pause.resumes_on
    if trajectory.stopped_on is not None:
        yield _stop(trajectory, last, begins_on, trajectory.stopped_on, "31")


def _start(trajectory: Trajectory, stretch: Stretch, begins_on: date, count: int) -> StartMessage:
    product = StartProduct(stretch.number, trajectory.service.product, begins_on, stretch.starts_on)
    header = _header(trajectory, "S", stretch.number * 10 + count, begins_on + days(3))
    return StartMessage(header, trajectory.client, (product,))


def _stop(trajectory: Trajectory, stretch: Stretch, begins_on: date, ends_on: date, reason: str) -> StopMessage:
    product = StopProduct(stretch.number, trajectory.service.product, begins_on, ends_on, reason, stretch.starts_on)
    count = 0 if reason == "20" else 1
    header = _header(trajectory, "E", stretch.number * 10 + count, ends_on + days(3))
    return StopMessage(header, trajectory.client, (product,))


def care_period(trajectory: Trajectory, month: date) -> tuple[date, date]:
    """The product period of a month: the calendar month within its allocation (TR387, TR388)."""
    if not trajectory.has_allocation:
        return month, month_end(month)
    stretch = trajectory.stretch_of(month)
    return max(month, stretch.starts_on), min(month_end(month), stretch.last_day)
