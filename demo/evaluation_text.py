"""The tables of both evaluations for a terminal of 80 columns or more; reasons stand below, by number."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from demo.evaluation import ABSENT, DIFFERS, EQUAL, MISPRINT, ROUNDS, WORDS, Comparison, EvaluationTable

_COLOURS = {EQUAL: "green", ROUNDS: "green", WORDS: "cyan", MISPRINT: "yellow", DIFFERS: "bold red", ABSENT: "dim"}


def render(table: EvaluationTable) -> RenderableType:
    """One evaluation: its table, its numbered notes, a line that sums it up, what it lacks, and the parameters."""
    notes = _numbered(table.rows)
    grid = Table(title=table.evaluation.title, title_justify="left", box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("", "period", "document", "warehouse", "result", "note"):
        is_number = heading in ("document", "warehouse", "note")
        grid.add_column(heading, justify="right" if is_number else "left", no_wrap=True)
    section = ""
    for row in table.rows:
        statement = row.statement
        if statement.section != section:
            section = statement.section
            grid.add_row(Text(section, style="bold"))
        verdict = Text(row.verdict, style=_COLOURS[row.verdict])
        note = str(notes[statement.why]) if statement.why else ""
        grid.add_row(f" {statement.label}", statement.period, statement.printed, shown(row), verdict, note)
    footnotes = Table.grid(padding=(0, 1, 0, 0))
    footnotes.add_column(justify="right")
    for why, number in notes.items():
        footnotes.add_row(str(number), why)
    parameters = Text(f"Parameters: {told(table.parameters)}", style="dim")
    beyond = Table.grid(padding=(0, 1, 0, 0))
    beyond.add_row(Text("Not in the document:", style="bold"))
    for sentence in table.beyond:
        beyond.add_row(f" {sentence}")
    parts = (grid, Text(""), footnotes, Text(""), Text(summary(table.rows)), Text(""), beyond, Text(""), parameters)
    return Group(*parts, Text(""))


def told(parameters: Sequence[tuple[str, str]]) -> str:
    """Names and values of parameters on one line."""
    return " · ".join(f"{name} {value}" for name, value in parameters)


def shown(row: Comparison) -> str:
    """The computed value as text: thousands with commas, shares and grades with one decimal, counts as they are."""
    if row.computed is None:
        return "-"
    unit = row.statement.unit
    if unit in ("%", "+%", "grade"):
        sign, end = "+" if unit == "+%" else "", "" if unit == "grade" else " %"
        return f"{row.computed.quantize(Decimal('0.1'), ROUND_HALF_UP):{sign}}{end}"
    if row.computed == row.computed.to_integral_value():
        return f"{row.computed.to_integral_value():,}"
    return f"{row.computed:,.2f}"


def summary(rows: Sequence[Comparison]) -> str:
    """How many numbers agree, and what became of the others."""
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict in _COLOURS}
    agree = counts[EQUAL] + counts[ROUNDS]
    numbers = sum(row.statement.value is not None for row in rows)
    parts = [f"{agree} of {numbers} numbers of the document agree"]
    if counts[MISPRINT]:
        parts.append(f"misprinted or contradicted by the document itself: {counts[MISPRINT]}")
    if counts[DIFFERS]:
        parts.append(f"different: {counts[DIFFERS]}")
    if counts[ABSENT]:
        parts.append(f"without data: {counts[ABSENT]}")
    return "; ".join(parts) + "."


def _numbered(rows: Sequence[Comparison]) -> dict[str, int]:
    """Each reason once, numbered in order of appearance."""
    reasons = dict.fromkeys(row.statement.why for row in rows if row.statement.why)
    return {why: number for number, why in enumerate(reasons, start=1)}
