"""How the demo's deliveries came in: what is attributed, what is open, what was quarantined, duplicate or found."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest


@pytest.fixture(scope="module")
def connection(demo_warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo_warehouse), read_only=True) as opened:
        yield opened


def test_stramproy_is_attributed_by_name_and_nothing_of_it_is_open(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute(
        """
        select attribution, sum(cost_open_eur) from marts.trajectory_years
        where practice_id = 'stramproy' group by attribution
        """
    ).fetchall()
    assert found == [("name", Decimal(0))]


def test_hilversum_is_attributed_by_code_from_2021_on_and_nothing_of_it_is_open(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    found = connection.execute(
        """
        select distinct attribution, min(year), sum(cost_open_eur) from marts.trajectory_years
        where municipality_code = '0402' and attribution like 'agb_%' group by attribution order by attribution
        """
    ).fetchall()
    assert found == [("agb_practice", 2021, Decimal(0)), ("agb_practitioner", 2021, Decimal(0))]


def test_each_attribution_occurs(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute("select distinct attribution from marts.trajectory_years").fetchall()
    assert {name for (name,) in found} == {
        "agb_practice",
        "agb_practitioner",
        "name",
        "inherited",
        "unresolved",
        "not_gp",
        "none",
    }


def test_no_status_is_unknown(connection: duckdb.DuckDBPyConnection) -> None:
    counted = connection.execute("select count(*) from marts.trajectory_years where status = 'unknown'").fetchone()
    assert counted == (0,)


def test_every_registration_and_answer_is_accepted_once(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute(
        """
        select kind, count(*), sum(rows_read), sum(rows_accepted), sum(rows_duplicate) from ops.deliveries
        where kind in ('poh_registraties', 'ervaringen') group by kind order by kind
        """
    ).fetchall()
    # 38 GPs, 25 youth and parents with three answers each, three of Stramproy.
    # 29, 231 and 525 dossiers; the 133 that were closed in the first period stand in both workbooks alike.
    assert found == [("ervaringen", 2, 116, 116, 0), ("poh_registraties", 3, 785, 652, 133)]


def test_one_row_is_quarantined_and_one_file_is_a_duplicate(connection: duckdb.DuckDBPyConnection) -> None:
    outcomes = connection.execute(
        "select outcome, count(*) from ops.deliveries where outcome <> 'accepted' group by outcome order by outcome"
    ).fetchall()
    assert outcomes == [("duplicate", 1), ("partly_quarantined", 1)]


def test_no_value_list_and_no_practice_of_a_registration_is_unknown(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute("select distinct finding from ops.findings").fetchall()
    assert {name for (name,) in found}.isdisjoint({"unknown_category", "unknown_practice"})
    unattributed = connection.execute(
        "select count(*) from marts.poh_counts where practice_id = 'unattributed'"
    ).fetchone()
    assert unattributed == (0,)
