"""``marts.data_quality`` of the demo, counted again from what came in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

Ask = Callable[[str], list[tuple]]


@pytest.fixture(scope="module")
def ask(demo_warehouse: Path) -> Iterator[Ask]:
    with duckdb.connect(str(demo_warehouse), read_only=True) as connection:
        yield lambda query: connection.execute(query).fetchall()


def test_all_three_levels_are_there(ask: Ask) -> None:
    assert ask("select distinct level from marts.data_quality order by level") == [
        ("analytical",),
        ("logical",),
        ("structural",),
    ]


def test_every_quarantined_row_is_counted_under_its_rule(ask: Ask) -> None:
    counted = ask(
        """
        select source, field, rule, sum(rows_failing)::bigint from marts.data_quality
        where unit = 'rows' and field <> 'finding' and rows_failing > 0 group by all order by all
        """
    )

    assert counted == ask(
        """
        select deliveries.kind, quarantine.field, quarantine.rule, count(*)
        from ops.quarantine as quarantine
        inner join intermediate.int_deliveries__accepted as deliveries using (file_sha256)
        group by all order by all
        """
    )
    assert counted


def test_rows_tested_are_the_rows_that_were_read(ask: Ask) -> None:
    assert ask(
        """
        select source, sum(rows_tested)::bigint from marts.data_quality
        where rule = 'required' and field = 'municipality_code' and unit = 'rows' group by all order by all
        """
    ) == ask(
        """
        select kind, sum(rows_read)::bigint from ops.deliveries
        where
            outcome in ('accepted', 'partly_quarantined')
            and kind in (
                select kind from marts.validation_rules where rule = 'required' and field = 'municipality_code'
            )
        group by all having sum(rows_read) > 0 order by all
        """
    )


def test_every_finding_is_counted_with_its_cents(ask: Ask) -> None:
    counted = ask(
        """
        select rule, sum(rows_failing)::bigint, sum(cents_concerned)::bigint from marts.data_quality
        where field = 'finding' and rows_failing > 0 group by all order by all
        """
    )

    assert counted == ask(
        """
        select finding, count(distinct (file_sha256, row_number)), sum(cents)::bigint from ops.findings
        group by all order by all
        """
    )
    assert counted


def test_every_refused_file_is_counted_under_its_reason(ask: Ask) -> None:
    assert ask(
        """
        select rule, sum(rows_failing)::bigint, sum(cents_concerned)::bigint from marts.data_quality
        where unit = 'files' and rows_failing > 0 group by all order by all
        """
    ) == ask(
        """
        select reason, count(*), sum(cents_read)::bigint from ops.deliveries
        where outcome = 'refused' group by all order by all
        """
    )


def test_measures_of_the_figures_are_those_of_the_marts(ask: Ask) -> None:
    (open_cents,) = ask("select sum(cents_concerned)::bigint from marts.data_quality where rule = 'open_lines'")[0]
    (without,) = ask(
        "select sum(rows_failing)::bigint from marts.data_quality where rule = 'trajectory_without_practice'"
    )[0]

    assert open_cents == ask("select (sum(cost_open_eur) * 100)::bigint from marts.trajectory_years")[0][0]
    assert (
        without == ask("select count(*) from intermediate.int_trajectories__attributed where practice_id is null")[0][0]
    )


def test_no_row_names_more_failures_than_it_tested(ask: Ask) -> None:
    assert ask("select count(*) from marts.data_quality where rows_failing > rows_tested") == [(0,)]
