"""The printed tables of both evaluations, cell by cell, and how a cell of a mart is compared with them.

The reading follows the tables' own page: ``exact`` is ``yes`` (equal), ``approximate`` (within the note's tolerance, or
rounding to the percentage in the note) or ``no`` (not printed as such; the demo gives it).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "golden"
TRUTHS = {"true": Decimal(1), "false": Decimal(0)}


@dataclass(frozen=True)
class Printed:
    """A printed table: the mart it is compared with, the columns of its key, and those that are compared."""

    mart: str
    keys: tuple[str, ...]
    measures: tuple[str, ...]


_COUNTS = Printed(
    "poh_counts", ("period_id", "municipality_code", "practice_id", "dimension", "category"), ("clients", "denominator")
)
TABLES = {
    "stramproy_practice_years": Printed(
        "practice_years",
        ("municipality_code", "practice_id", "year", "domain"),
        (
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
        ),
    ),
    "stramproy_practice_trajectories": Printed(
        "practice_trajectories",
        ("municipality_code", "practice_id", "year", "care_profile", "status"),
        ("trajectories", "clients", "cost_eur", "cost_open_eur"),
    ),
    "stramproy_poh_counts": _COUNTS,
    "hilversum_poh_counts": _COUNTS,
    "hilversum_cost_benefit": Printed(
        "poh_cost_benefit",
        ("period_id", "municipality_code", "programme", "scenario", "measure"),
        ("value_eur", "months", "is_extrapolated"),
    ),
    "survey": Printed(
        "survey_results",
        ("period_id", "municipality_code", "practice_id", "audience", "question"),
        ("responses", "mean_score", "scale_max"),
    ),
}


@dataclass(frozen=True)
class Cell:
    """One filled cell of a printed table."""

    table: str
    row: Mapping[str, str]
    column: str

    @property
    def name(self) -> str:
        """For the test's name."""
        keys = [self.row[key] for key in TABLES[self.table].keys if key not in ("municipality_code", "programme")]
        return "-".join([self.table, *keys, self.column, self.row["exact"]])

    @property
    def tolerance(self) -> Decimal:
        """How far the mart may be away."""
        found = re.search(r"tolerance=(\d+)", self.row["note"])
        return Decimal(found.group(1)) if found and self.row["exact"] == "approximate" else Decimal(0)

    @property
    def expected(self) -> Decimal:
        """The number in the cell; a truth value as 0 or 1."""
        text = self.row[self.column]
        return TRUTHS[text] if text in TRUTHS else Decimal(text)


def rows(table: str) -> list[dict[str, str]]:
    """The rows of a printed table; none where the golden tables are not at hand."""
    path = GOLDEN / f"{table}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def cells() -> Iterator[Cell]:
    """Every filled cell of every table."""
    for table, printed in TABLES.items():
        for row in rows(table):
            yield from (Cell(table, row, column) for column in printed.measures if row[column])


def shares() -> Iterator[tuple[Cell, Decimal]]:
    """The rows whose note has a percentage, and the percentage that is right: of a misprint, not the printed one."""
    for table, printed in TABLES.items():
        for row in rows(table) if printed is _COUNTS else ():
            found = re.search(r"misprint for (\d+) %", row["note"]) or re.search(r"^printed (\d+) %", row["note"])
            if found:
                yield Cell(table, row, "clients"), Decimal(found.group(1))


def value_in_mart(connection: duckdb.DuckDBPyConnection, cell: Cell, column: str) -> tuple[Decimal | None, int]:
    """The mart's value and how many rows it comes from; in ``status``, ``a+b`` and ``all`` are sums."""
    printed = TABLES[cell.table]
    conditions, parameters = [], []
    for key in printed.keys:
        if key == "status" and cell.row[key] == "all":
            continue
        values = cell.row[key].split("+") if key == "status" else [cell.row[key]]
        conditions.append(f"cast({key} as varchar) in ({', '.join('?' * len(values))})")
        parameters += values
    total, count = connection.execute(
        f"select sum(cast({column} as decimal(18, 4))), count(*) from marts.{printed.mart}"
        f" where {' and '.join(conditions)}",
        parameters,
    ).fetchall()[0]
    return (None if total is None else Decimal(total)), count


def whole_percent(part: Decimal, whole: Decimal) -> Decimal:
    """Rounded to whole per cents, half up (poh.md section 9, caution 4)."""
    return (100 * part / whole).quantize(Decimal(1), ROUND_HALF_UP)
