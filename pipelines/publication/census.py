"""What the audit compares from one publication to the next: rows, euros, and what was delivered.

Belongs here: counting a candidate, and keeping the counts. Does not belong here: judging them (``audit.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

# The whole table, beside its parts by municipality.
EVERYWHERE = ""
# All years, beside the single ones.
EVER = ""


@dataclass(frozen=True)
class Census:
    """Counts of one warehouse. A municipality is its code; ``""`` is all of them together.

    Attributes:
        rows: rows by table of the marts and municipality, for tables that have one.
        cents: cost in cents by municipality and year; ``""`` is all years. Exact, so for the warehouse's owner alone.
        final_years: by municipality the years that were not provisional.
        delivered_rows: accepted rows by municipality code as delivered (``""`` for files of several) and kind.
        delivered_cents: accepted cents by the same.
    """

    rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    cents: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    final_years: Mapping[str, list[str]] = field(default_factory=dict)
    delivered_rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    delivered_cents: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def to_values(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)

    @staticmethod
    def from_values(values: Mapping[str, Any]) -> Census:
        """From what :meth:`to_values` gave."""
        return Census(**values)


def take_census(warehouse: Path) -> Census:
    """Count a warehouse through one short connection; what it does not have is left empty."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = _tables(connection)
        rows = {table: _rows(connection, table) for table, columns in tables.items() if "municipality_code" in columns}
        cents, final = _cents(connection) if "practice_years" in tables else ({}, {})
        delivered_rows, delivered_cents = _delivered(connection)
    return Census(rows, cents, final, delivered_rows, delivered_cents)


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "select table_name, column_name from duckdb_columns() where schema_name = 'marts' order by all"
    ).fetchall():
        found.setdefault(table, set()).add(column)
    return found


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
    counted = connection.execute(
        f"""
        select coalesce(municipality_code, '') as municipality_code, count(*)
        from marts."{table}" group by all order by all
        """
    ).fetchall()
    return {EVERYWHERE: sum(count for _, count in counted)} | {code: count for code, count in counted if code}


def _cents(connection: duckdb.DuckDBPyConnection) -> tuple[dict[str, dict[str, int]], dict[str, list[str]]]:
    counted = connection.execute(
        """
        select municipality_code, year, (sum(cost_eur) * 100)::bigint, not coalesce(bool_or(is_provisional), true)
        from marts.practice_years where domain = 'all' group by all order by all
        """
    ).fetchall()
    cents: dict[str, dict[str, int]] = {}
    final: dict[str, list[str]] = {}
    for code, year, amount, is_final in counted:
        own = cents.setdefault(code, {EVER: 0})
        own[EVER] += amount
        own[str(year)] = amount
        if is_final:
            final.setdefault(code, []).append(str(year))
    return cents, final


def _delivered(connection: duckdb.DuckDBPyConnection) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    known = connection.execute(
        "select 1 from duckdb_tables() where schema_name = 'ops' and table_name = 'deliveries'"
    ).fetchone()
    rows: dict[str, dict[str, int]] = {}
    cents: dict[str, dict[str, int]] = {}
    if known is None:
        return rows, cents
    for code, kind, accepted_rows, accepted_cents in connection.execute(
        """
        select coalesce(municipality_code, ''), kind, sum(rows_accepted)::bigint, sum(abs(cents_accepted))::bigint
        from ops.deliveries group by all order by all
        """
    ).fetchall():
        rows.setdefault(code, {})[kind] = accepted_rows
        cents.setdefault(code, {})[kind] = accepted_cents
    return rows, cents
