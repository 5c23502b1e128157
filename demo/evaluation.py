"""The evaluation's table of Stramproy beside the warehouse: what the document prints, what the marts give, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import duckdb
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from demo.statements import PRACTICE_ID, STATEMENTS, Figures, Statement

EQUAL, ROUNDS, WORDS, MISPRINT, DIFFERS, ABSENT = "equal", "rounds to it", "in words", "misprint", "differs", "no data"

_YEAR_MEASURES = (
    "clients",
    "active",
    "started",
    "new",
    "extended",
    "carried_over",
    "converted",
    "unknown",
    "cost_eur",
    "cost_started_eur",
    "cost_carried_over_eur",
)
_COLOURS = {EQUAL: "green", ROUNDS: "green", WORDS: "cyan", MISPRINT: "yellow", DIFFERS: "bold red", ABSENT: "dim"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row of the table.

    Attributes:
        statement: what the document says.
        computed: the warehouse's value, unrounded; None where the warehouse has no such cell.
        verdict: ``equal``, ``rounds to it``, ``in words``, ``misprint``, ``differs`` or ``no data``.
    """

    statement: Statement
    computed: Decimal | None
    verdict: str


def stramproy_table(connection: duckdb.DuckDBPyConnection) -> tuple[Comparison, ...]:
    """The statements of the evaluation with the figures of a warehouse.

    Args:
        connection: to a warehouse that has ``marts.practice_years`` and ``marts.practice_trajectories``.

    Raises:
        duckdb.CatalogException: a mart is not there.
    """
    figures = read_figures(connection)
    return tuple(_compared(statement, figures) for statement in STATEMENTS)


def read_figures(connection: duckdb.DuckDBPyConnection) -> Figures:
    """The practice's figures, over the municipality codes under which it occurs."""
    columns = ", ".join(f"cast(sum({name}) as decimal(18, 2))" for name in _YEAR_MEASURES)
    years = connection.execute(
        f"select year, domain, {columns} from marts.practice_years where practice_id = ? group by year, domain",
        [PRACTICE_ID],
    ).fetchall()
    profiles = connection.execute(
        """
        select year, care_profile, status, sum(trajectories), sum(cost_eur)
        from marts.practice_trajectories
        where practice_id = ?
        group by year, care_profile, status
        """,
        [PRACTICE_ID],
    ).fetchall()
    return Figures(
        years={
            (year, domain, name): value
            for year, domain, *values in years
            for name, value in zip(_YEAR_MEASURES, values, strict=True)
        },
        profiles={
            (year, profile, status, column): Decimal(value)
            for year, profile, status, *values in profiles
            for column, value in zip(("trajectories", "cost_eur"), values, strict=True)
        },
    )


def differences(table: Iterable[Comparison]) -> tuple[Comparison, ...]:
    """The rows that differ without a known reason."""
    return tuple(row for row in table if row.verdict in (DIFFERS, ABSENT))


def render(table: Sequence[Comparison]) -> RenderableType:
    """The table for a terminal, with a line that sums it up."""
    grid = Table(title="Practice Stramproy: the published evaluation beside the warehouse", title_justify="left")
    for heading in ("figure", "year", "document", "warehouse", "result", "reading"):
        is_number = heading in ("document", "warehouse")
        grid.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    section = ""
    for row in table:
        statement = row.statement
        if statement.section != section:
            section = statement.section
            grid.add_section()
            grid.add_row(Text(section, style="bold"))
        verdict = Text(row.verdict, style=_COLOURS[row.verdict])
        grid.add_row(f"  {statement.label}", statement.period, statement.printed, shown(row), verdict, statement.why)
    return Group(grid, Text(_summary(table)))


def shown(row: Comparison) -> str:
    """The computed value as text: euros with thousands, percentages with one decimal, counts as they are."""
    if row.computed is None:
        return "-"
    if row.statement.unit in ("%", "+%"):
        sign = "+" if row.statement.unit == "+%" else ""
        return f"{row.computed.quantize(Decimal('0.1'), ROUND_HALF_UP):{sign}} %"
    if row.computed == row.computed.to_integral_value():
        return f"{row.computed.to_integral_value():,}"
    return f"{row.computed:,.2f}"


def _compared(statement: Statement, figures: Figures) -> Comparison:
    computed = statement.measure(figures)
    return Comparison(statement, computed, _verdict(statement, computed))


def _verdict(statement: Statement, computed: Decimal | None) -> str:
    if computed is None:
        return ABSENT
    if statement.value is None:
        return WORDS
    if computed == statement.value:
        return EQUAL
    if _as_printed(statement, computed) == statement.value:
        return ROUNDS
    # A misprint excuses the difference that it explains, and no other.
    return MISPRINT if _as_printed(statement, computed) == statement.corrected else DIFFERS


def _as_printed(statement: Statement, computed: Decimal) -> Decimal:
    """The value in the document's precision: whole per cent, whole thousands, or as it is."""
    if statement.rounded_to == 1 and statement.unit != "%":
        return computed
    step = Decimal(statement.rounded_to)
    return (computed / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def _summary(table: Sequence[Comparison]) -> str:
    counts = {verdict: sum(row.verdict == verdict for row in table) for verdict in _COLOURS}
    agree = counts[EQUAL] + counts[ROUNDS]
    numbers = len(table) - counts[WORDS]
    parts = [f"{agree} of {numbers} numbers of the document agree"]
    if counts[MISPRINT]:
        parts.append(f"{counts[MISPRINT]} are misprints or contradictions in the document")
    if counts[DIFFERS]:
        parts.append(f"{counts[DIFFERS]} differ")
    if counts[ABSENT]:
        parts.append(f"{counts[ABSENT]} have no data")
    return "; ".join(parts) + "."
