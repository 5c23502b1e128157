"""An explanation as an analyst reads it: rich renderables. Figures and words come from ``explain.py``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from pipelines.explain import Explanation, Neighbour


def explanation_renderables(found: Explanation) -> Iterator[RenderableType]:
    """The sections of an explanation, in the order in which the definitions decide."""
    this = found.trajectory
    yield _sentence(
        f"Trajectory {this.trajectory_id}: {this.care_profile} ({this.domain}) by provider {this.provider_agb} for "
        f"municipality {this.municipality_code}, {_span(this.begins_on, this.ends_on)}. Client {this.client_key}."
    )
    yield _table(
        "Chain: the numbers, and why each belongs to it",
        ("", "number", "begins", "ends", "gap, days", "decision"),
        (
            (link.position, link.number, link.begins_on, _end(link.ends_on), link.gap_days, link.decision)
            for link in found.chain
        ),
    )
    for neighbour in found.neighbours:
        yield _sentence(_neighbour(neighbour, found.max_gap_days))
    yield _table(
        "Segments",
        ("origin", "allocation", "begins", "ends", "ended by", "file", "row", "attribution", "practice"),
        (
            (
                one.origin,
                one.allocation_number,
                one.begins_on,
                _end(one.ends_on),
                one.ended_by,
                one.file_name,
                one.row_number,
                one.attribution,
                one.practice_id,
            )
            for one in found.segments
        ),
    )
    yield _table(
        "Status per year",
        ("year", "status", "because", "segments begun", "lines", "cost", "of which open"),
        (
            (one.year, one.status, one.status_rule, one.segments_started, one.lines, one.cost_eur, one.cost_open_eur)
            for one in found.years
        ),
    )
    yield from _attribution(found)
    yield _table(
        "Lines and decisions",
        ("file", "row", "from", "to", "amount", "counts for", "verdict", "because", "counting", "answer"),
        (
            (
                line.file_name,
                line.row_number,
                line.period_from,
                line.period_to,
                line.amount_eur,
                line.counted_eur,
                line.verdict,
                line.verdict_rule,
                line.counting,
                line.answer_file,
            )
            for line in found.lines
        ),
    )
    yield _table(
        "Messages",
        ("date", "kind", "file", "row", "says", "from", "to"),
        (
            (one.message_date, one.kind, one.file_name, one.row_number or "", one.role, one.from_on, one.to_on)
            for one in found.messages
            if one.role != "declaration line"
        ),
    )


def _attribution(found: Explanation) -> Iterator[RenderableType]:
    if found.requests:
        yield _table(
            "Requests",
            ("number", "", "date", "file", "row", "referrer type", "AGB code", "attribution", "practice"),
            (
                (
                    one.number,
                    "holds" if one.position == 1 else "later",
                    one.requested_on,
                    one.file_name,
                    one.row_number,
                    one.referrer_type,
                    one.referrer_agb,
                    one.attribution,
                    one.practice_id,
                )
                for one in found.requests
            ),
        )
    decisive = next(one for one in found.segments if one.care_position == found.attribution.care_position)
    source = (
        f", which inherited it from {decisive.inherited_from_number}"
        if decisive.inherited_from_number and decisive.attribution == "inherited"
        else ""
    )
    yield _sentence(
        f"Practice {found.attribution.practice_id} ({found.attribution.attribution}), through the segment that begins "
        f"on {decisive.begins_on}{source}: the earliest that has a practice, else the earliest."
    )


def _neighbour(neighbour: Neighbour, max_gap_days: int) -> str:
    gap = "" if neighbour.gap_days is None else f", {neighbour.gap_days} free days away: more than {max_gap_days}"
    return f"Not of it: trajectory {neighbour.trajectory_id}, {_span(neighbour.begins_on, neighbour.ends_on)}{gap}."


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    return table


def _sentence(text: str) -> Text:
    return Text(text)


def _cell(value: object) -> Text:
    # Text, or rich would read square brackets in a file's name as markup.
    if isinstance(value, Decimal):
        return Text(f"{value:,.2f}", justify="right")
    return Text("" if value is None else str(value), justify="right" if isinstance(value, int) else "left")


def _span(begins_on: date, ends_on: date | None) -> str:
    return f"from {begins_on} to {ends_on}" if ends_on else f"from {begins_on}, open"


def _end(ends_on: date | None) -> str:
    return ends_on.isoformat() if ends_on else "open"
