"""Every printed figure of Stramproy's care, in the warehouse that the ordinary pipeline builds from the demo."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from demo.evaluation import differences, stramproy_table

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "golden"
KEYS = {
    "practice_years": ("municipality_code", "practice_id", "year", "domain"),
    "practice_trajectories": ("municipality_code", "practice_id", "year", "care_profile", "status"),
}
ABOUT_THE_ROW = {"source", "exact", "note"}


def golden_rows(mart: str) -> list[dict[str, str]]:
    path = GOLDEN / f"stramproy_{mart}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def golden_cases() -> list:
    """One case a filled cell; a single skipped one where the golden tables are not at hand."""
    cases = [
        pytest.param(mart, row, column, id=f"{mart}-{'-'.join(row[k] for k in KEYS[mart][2:])}-{column}-{row['exact']}")
        for mart in KEYS
        for row in golden_rows(mart)
        for column, text in row.items()
        if text and column not in ABOUT_THE_ROW and column not in KEYS[mart]
    ]
    reason = pytest.mark.skip(reason="the golden tables are not beside the project (../shared/golden)")
    return cases or [pytest.param("", {}, "", marks=reason)]


@pytest.fixture(scope="module")
def connection(demo_warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo_warehouse), read_only=True) as opened:
        yield opened


def value_in_mart(
    connection: duckdb.DuckDBPyConnection, mart: str, row: dict[str, str], column: str
) -> tuple[Decimal | None, int]:
    """The cell's value and how many rows it comes from; ``a+b`` and ``all`` in status are sums."""
    conditions, parameters = [], []
    for key in KEYS[mart]:
        if key == "status" and row[key] == "all":
            continue
        values = row[key].split("+") if key == "status" else [row[key]]
        conditions.append(f"cast({key} as varchar) in ({', '.join('?' * len(values))})")
        parameters += values
    total, count = connection.execute(
        f"select sum({column}), count(*) from marts.{mart} where {' and '.join(conditions)}", parameters
    ).fetchone()
    return (None if total is None else Decimal(total)), count


@pytest.mark.parametrize(("mart", "row", "column"), golden_cases())
def test_a_printed_figure_equals_the_mart(
    connection: duckdb.DuckDBPyConnection, mart: str, row: dict[str, str], column: str
) -> None:
    value, count = value_in_mart(connection, mart, row, column)
    assert value is not None
    if row["exact"] == "yes":
        assert count == 1
    tolerance = re.search(r"tolerance=(\d+)", row["note"])
    allowed = Decimal(tolerance.group(1)) if row["exact"] == "approximate" and tolerance else Decimal(0)
    assert abs(value - Decimal(row[column])) <= allowed


def test_the_printed_table_differs_from_the_document_in_known_misprints_only(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert [(row.statement.label, row.computed) for row in differences(stramproy_table(connection))] == []


def test_stramproy_is_attributed_by_name_and_nothing_of_it_is_open(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute(
        """
        select attribution, count(*), sum(cost_open_eur) from marts.trajectory_years
        where practice_id = 'stramproy' group by attribution
        """
    ).fetchall()
    assert [(attribution, open_eur) for attribution, _, open_eur in found] == [("name", Decimal(0))]


def test_each_attribution_of_release_2_occurs_in_the_region(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute("select distinct attribution from marts.trajectory_years").fetchall()
    assert {name for (name,) in found} == {"name", "inherited", "unresolved", "not_gp", "none"}


def test_no_status_is_unknown(connection: duckdb.DuckDBPyConnection) -> None:
    counted = connection.execute("select count(*) from marts.trajectory_years where status = 'unknown'").fetchone()
    assert counted == (0,)
