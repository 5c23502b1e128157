"""docs/cookbook.md shows the queries that are used, and each of them runs."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from pipelines.explain import queries as explain_queries

COOKBOOK = Path(__file__).parents[2] / "docs" / "cookbook.md"
BLOCKS = re.findall(r"```sql\n(.*?)\n```", COOKBOOK.read_text(encoding="utf-8"), re.DOTALL)
QUERIES = {name: query.strip() for name, query in vars(explain_queries).items() if name.isupper()}


def test_cookbook_shows_every_query_as_it_is_used() -> None:
    assert len(QUERIES) == 10
    assert {name for name, query in QUERIES.items() if query not in BLOCKS} == set()


@pytest.mark.parametrize("query", BLOCKS)
def test_query_of_the_cookbook_gives_rows(query: str, demo_warehouse: Path) -> None:
    with duckdb.connect(str(demo_warehouse), read_only=True) as connection:
        values = _values(connection)
        wanted = {name: values[name] for name in set(re.findall(r"\$(\w+)", query))}

        assert connection.execute(query, wanted).fetchall()


def _values(connection: duckdb.DuckDBPyConnection) -> dict[str, object]:
    """A trajectory that has a request and a neighbour, and its cell."""
    result = connection.execute(
        """
        select years.* from marts.trajectory_years as years
        inner join intermediate.int_trajectories as this using (trajectory_id)
        where
            years.attribution = 'name'
            and exists (
                select 1 from intermediate.int_trajectories as other
                where
                    other.trajectory_id <> this.trajectory_id
                    and other.client_key = this.client_key
                    and other.provider_agb = this.provider_agb
                    and other.care_profile = this.care_profile
                    and other.municipality_code = this.municipality_code
            )
        order by years.trajectory_id, years.year limit 1
        """
    )
    columns = [column[0] for column in result.description or ()]
    row = result.fetchone()
    assert row is not None, "the demo has no such trajectory"
    return dict(zip(columns, row, strict=True))
