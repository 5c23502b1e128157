"""What disclosure control reads of the exact warehouse, through one short read-only connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from pipelines.errors import RunFailedError

MEASURED_TABLES: Final = (
    "practice_trajectories",
    "practice_years",
    "referral_trend",
    "attribution_coverage",
    "regional_comparison",
    "poh_counts",
    "poh_cost_benefit",
    "poh_add_back",
    "poh_followup",
    "practice_effect",
    "survey_results",
    "completeness",
    "practice_years_as_of",
    "revisions",
    "definition_sensitivity",
    "missing_deliveries",
    "data_quality",
)
LABEL_TABLES: Final = (
    "attributions",
    "care_profiles",
    "completeness_levels",
    "finding_rules",
    "finding_sources",
    "followup_categories",
    "glossary",
    "poh_categories",
    "revision_causes",
    "statuses",
    "survey_categories",
    "validation_rules",
)
# One row is one person or one trajectory: for the few who may open the exact warehouse.
PRIVATE_TABLES: Final = ("trajectory_years",)

_DEFAULT_BASE_YEAR: Final = 2018

_CONTRIBUTIONS = """
    select
        municipality_code, practice_id, year, care_profile, domain, status, attribution, client_key,
        cast(year(started_on) as varchar) || '-Q' || cast(quarter(started_on) as varchar) as quarter,
        cast(cost_eur * 100 as bigint) as cents,
        cast(cost_open_eur * 100 as bigint) as open_cents
    from marts.trajectory_years
"""


class DisclosureError(RunFailedError):
    """The warehouse cannot be protected: one sentence without values (exit code 1)."""


@dataclass(frozen=True)
class Facts:
    """The exact tables, and who is behind them.

    Attributes:
        tables: the marts that may be published, by name, exact.
        contributions: one row per trajectory and year, with its client: who contributes what to which cell.
        periods: subject, period_id, starts_on, ends_until of the reporting periods.
        base_year: year in which ``regional_comparison.index`` is 100.
    """

    tables: Mapping[str, pl.DataFrame]
    contributions: pl.DataFrame
    periods: pl.DataFrame
    base_year: int

    def table(self, name: str) -> pl.DataFrame:
        """A table with its row number in ``row``; without rows or columns when the warehouse has none."""
        return self.tables.get(name, pl.DataFrame()).with_row_index("row")


def read_facts(warehouse: Path) -> Facts:
    """Read what is to be published and who contributes to it.

    Raises:
        DisclosureError: the file cannot be read, or has no ``marts.trajectory_years``.
    """
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            present = _present(connection)
            if "marts.trajectory_years" not in present:
                raise DisclosureError(f"{warehouse.name} has no marts.trajectory_years: nobody's share is known.")
            return Facts(
                tables={
                    name: connection.execute(f'select * from marts."{name}" order by all').pl()
                    for name in (*MEASURED_TABLES, *LABEL_TABLES)
                    if f"marts.{name}" in present
                },
                contributions=_with_numbered_clients(connection.execute(_CONTRIBUTIONS).pl()),
                periods=_periods(connection, present),
                base_year=_base_year(connection, present),
            )
    except duckdb.Error as error:
        raise DisclosureError(f"{warehouse.name} cannot be read for publishing ({type(error).__name__}).") from None


def undescribed_tables(warehouse: Path) -> tuple[str, ...]:
    """The marts that disclosure control does not know, and that are therefore not published."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        known = {f"marts.{name}" for name in (*MEASURED_TABLES, *LABEL_TABLES, *PRIVATE_TABLES)}
        return tuple(sorted(name for name in _present(connection) - known if name.startswith("marts.")))


def _present(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    return {name for (name,) in rows}


def _periods(connection: duckdb.DuckDBPyConnection, present: set[str]) -> pl.DataFrame:
    schema = pl.Schema({"subject": pl.String, "period_id": pl.String, "starts_on": pl.Date, "ends_until": pl.Date})
    if "intermediate.int_reporting_periods__listed" not in present:
        return pl.DataFrame(schema=schema)
    query = """
        select subject, period_id, cast(starts_on as date) as starts_on, cast(ends_until as date) as ends_until
        from intermediate.int_reporting_periods__listed
        order by all
    """
    return connection.execute(query).pl().cast(schema)


def _base_year(connection: duckdb.DuckDBPyConnection, present: set[str]) -> int:
    if "ops.run_parameters" not in present:
        return _DEFAULT_BASE_YEAR
    row = connection.execute("select value from ops.run_parameters where parameter = 'index_base_year'").fetchone()
    return int(row[0]) if row and row[0] else _DEFAULT_BASE_YEAR


def _with_numbered_clients(contributions: pl.DataFrame) -> pl.DataFrame:
    """A number in place of the key: enough to tell clients apart, and quick to group by."""
    return contributions.with_columns(client=pl.col("client_key").rank("dense"))
