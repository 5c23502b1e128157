"""What was measured, as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

from benchmarks.measuring import Measurement

_MIB = 2**20


@dataclass(frozen=True)
class Target:
    """A bound: the least ratio that is good enough, or with ``is_most`` the most."""

    bound: float
    is_most: bool = False

    def is_met(self, value: float) -> bool:
        """Whether a value is on the right side."""
        return value <= self.bound if self.is_most else value >= self.bound


@dataclass(frozen=True)
class Line:
    """One line of a table.

    Attributes:
        label: what was measured.
        rows: rows that it gave.
        measurement: what it took.
        ratio, of: a ratio and what it compares; None and empty where there is none.
        target: what the ratio must keep to.
        memory: what the peak of memory, in bytes, must keep to.
    """

    label: str
    rows: int
    measurement: Measurement
    ratio: float | None = None
    of: str = ""
    target: Target | None = None
    memory: Target | None = None


def table_of(title: str, lines: Sequence[Line]) -> Table:
    """The lines as a table; a bound that is not kept is said."""
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for name in ("lines", "processor s", "clock s", "µs a line", "peak MiB", "ratio", "goal"):
        table.add_column(name, justify="right")
    table.add_column("")
    for line in lines:
        found = line.measurement
        table.add_row(
            line.label,
            f"{line.rows:,}",
            f"{found.cpu_seconds:.2f}",
            f"{found.wall_seconds:.2f}",
            f"{found.cpu_seconds / line.rows * 1e6:.2f}" if line.rows else "",
            f"{found.peak_bytes / _MIB:,.0f}",
            "" if line.ratio is None else f"{line.ratio:.2f}",
            _goal(line),
            line.of,
        )
    return table


def _goal(line: Line) -> str:
    if line.target is not None and line.ratio is not None:
        sign = "≤" if line.target.is_most else "≥"
        return f"{sign} {line.target.bound:.2f}" + ("" if line.target.is_met(line.ratio) else ", not met")
    if line.memory is not None:
        is_met = line.memory.is_met(line.measurement.peak_bytes)
        return f"≤ {line.memory.bound / _MIB:,.0f} MiB" + ("" if is_met else ", not met")
    return ""
