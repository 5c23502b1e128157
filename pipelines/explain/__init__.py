"""Why a trajectory is what it is: everything in the warehouse that decided it.

Belongs here: asking the warehouse. Does not belong here: what the words mean (``dbt_project/``), and showing it
(``explain_terminal.py``). The queries are those of docs/cookbook.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import duckdb

from pipelines.errors import ConfigurationError
from pipelines.explain.queries import (
    ATTRIBUTION,
    CHAIN,
    LINES,
    MESSAGES,
    NEIGHBOURS,
    REQUESTS,
    SEGMENTS,
    TRAJECTORY,
    YEARS,
)
from pipelines.home import Home
from pipelines.terminal.summary import WarehouseUnreadableError

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Trajectory:
    """The trajectory itself; ``ends_on`` is inclusive, None when open."""

    trajectory_id: str
    municipality_code: str
    client_key: str
    provider_agb: str
    care_profile: str
    domain: str
    begins_on: date
    ends_on: date | None


@dataclass(frozen=True)
class Link:
    """One number of the chain and why it belongs to it.

    Attributes:
        position: place in the chain, from 1.
        number: its name for readers: allocation or declarations, municipality code, number or product.
        begins_on, ends_on: of all its segments; inclusive, ``ends_on`` None when open.
        gap_days: free days since the latest end so far; negative where they overlap; None for the first and after an
            open end.
        decision: the reason, in words.
    """

    position: int
    number: str
    begins_on: date
    ends_on: date | None
    gap_days: int | None
    decision: str


@dataclass(frozen=True)
class Neighbour:
    """Another trajectory of the same client, provider, care profile and municipality.

    Attributes:
        gap_days: free days between the two.
    """

    trajectory_id: str
    begins_on: date
    ends_on: date | None
    gap_days: int | None


@dataclass(frozen=True)
class Segment:
    """A stretch of care that was ordered.

    Attributes:
        care_position: its place, from 1, among the segments of the client with this provider and care profile.
        origin: ``allocation``, ``moved_end`` or ``declarations``.
        ended_by: ``stop``, ``allocation``, ``last line`` or ``open``.
        file_name, row_number: the message's row that gave it; None for declarations alone.
        attribution, practice_id: its own, or those that it inherited from a segment of another number.
    """

    care_position: int
    allocation_number: int | None
    origin: str
    begins_on: date
    ends_on: date | None
    ended_by: str
    file_name: str | None
    row_number: int | None
    attribution: str
    practice_id: str | None
    inherited_from_number: str | None


@dataclass(frozen=True)
class Message:
    """A row of a message that the trajectory rests on; row 0 is the message as a whole."""

    file_name: str
    row_number: int
    kind: str
    message_date: date | None
    role: str
    from_on: date | None
    to_on: date | None


@dataclass(frozen=True)
class Line:
    """A declared line and what became of it.

    Attributes:
        amount_eur: as declared, signed.
        counted_eur: what counts; 0 where it does not.
        verdict: ``approved``, ``open`` or ``rejected``; ``verdict_rule`` says why.
        counting: ``counts``, or why it does not.
        answer_file: the message that answered it.
    """

    file_name: str
    row_number: int
    line_reference: str
    product_code: str
    period_from: date
    period_to: date
    amount_eur: Decimal
    counted_eur: Decimal
    verdict: str
    verdict_rule: str
    counting: str
    answer_file: str | None


@dataclass(frozen=True)
class Year:
    """The trajectory in a year, and the rule that decided its status."""

    year: int
    status: str
    status_rule: str
    segments_started: int
    lines: int
    cost_eur: Decimal
    cost_open_eur: Decimal


@dataclass(frozen=True)
class Request:
    """A request that was found for one of the numbers; the one in position 1 holds."""

    number: str
    position: int
    requested_on: date
    file_name: str
    row_number: int
    referrer_type: str
    referrer_agb: str | None
    referrer_hash: str | None
    attribution: str | None
    practice_id: str | None


@dataclass(frozen=True)
class Attribution:
    """The practice of the trajectory: how, and through which segment."""

    attribution: str
    practice_id: str
    care_position: int


@dataclass(frozen=True)
class Explanation:
    """All that decided one trajectory; sequences are in the order in which one reads them."""

    trajectory: Trajectory
    max_gap_days: int
    chain: tuple[Link, ...]
    neighbours: tuple[Neighbour, ...]
    segments: tuple[Segment, ...]
    messages: tuple[Message, ...]
    lines: tuple[Line, ...]
    years: tuple[Year, ...]
    requests: tuple[Request, ...]
    attribution: Attribution


def explain(home: Home, trajectory_id: str) -> Explanation:
    """Everything that decided a trajectory.

    Raises:
        ConfigurationError: there is no such trajectory, or no warehouse yet (exit code 2).
        WarehouseUnreadableError: the warehouse is open for writing elsewhere, or the lake that it reads is gone.
    """
    if not home.warehouse.exists():
        raise ConfigurationError(f"TRAJECTORY_ID: no run has put a warehouse live in {home.root} yet.")
    with _warehouse(home) as connection:
        found = _rows(connection, Trajectory, TRAJECTORY, trajectory_id)
        if not found:
            raise ConfigurationError(
                "TRAJECTORY_ID: no trajectory has this id; marts.trajectory_years in the warehouse has them all."
            )
        return Explanation(
            trajectory=found[0],
            max_gap_days=_max_gap_days(connection),
            chain=_rows(connection, Link, CHAIN, trajectory_id),
            neighbours=_rows(connection, Neighbour, NEIGHBOURS, trajectory_id),
            segments=_rows(connection, Segment, SEGMENTS, trajectory_id),
            messages=_rows(connection, Message, MESSAGES, trajectory_id),
            lines=_rows(connection, Line, LINES, trajectory_id),
            years=_rows(connection, Year, YEARS, trajectory_id),
            requests=_rows(connection, Request, REQUESTS, trajectory_id),
            attribution=_rows(connection, Attribution, ATTRIBUTION, trajectory_id)[0],
        )


def _rows(connection: duckdb.DuckDBPyConnection, row: type[_Row], query: str, trajectory_id: str) -> tuple[_Row, ...]:
    """The query's rows; its columns are the fields of the dataclass, in their order."""
    result = connection.execute(query, {"trajectory_id": trajectory_id})
    named = [column[0] for column in result.description or ()]
    if named != [field.name for field in fields(row)]:  # type: ignore[arg-type]
        raise AssertionError(f"The query for {row.__name__} gives other columns than it has.")
    return tuple(row(*values) for values in result.fetchall())


def _max_gap_days(connection: duckdb.DuckDBPyConnection) -> int:
    found: Any = connection.execute("select value from ops.run_parameters where parameter = 'max_gap_days'").fetchone()
    return int(found[0])


@contextmanager
def _warehouse(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        with duckdb.connect(str(home.warehouse), read_only=True) as connection:
            yield connection
    except duckdb.Error as error:
        raise WarehouseUnreadableError(
            f"{home.warehouse} cannot be read ({type(error).__name__}): close the program that writes to it, "
            "or run 'jeugdspiegel run' again."
        ) from None
