"""What ``explain`` says of the demo's trajectories agrees with the marts, and leads back to files."""

from __future__ import annotations

import io
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from pipelines.cli import MISUSED, SUCCEEDED, run_command
from pipelines.errors import ConfigurationError
from pipelines.explain import Explanation, explain
from pipelines.explain.queries import TRAJECTORIES_OF_A_CELL
from pipelines.explain.terminal import explanation_renderables
from pipelines.home import Home


@pytest.fixture(scope="module")
def connection(demo_warehouse: Path) -> duckdb.DuckDBPyConnection:
    with duckdb.connect(str(demo_warehouse), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def explained(demo_home: Path, connection: duckdb.DuckDBPyConnection) -> list[Explanation]:
    """One trajectory per status, attribution, verdict and way of counting that the demo has."""
    ids = connection.execute(
        """
        select distinct trajectory_id from (
            select min(trajectory_id) as trajectory_id from marts.trajectory_years group by status, attribution
            union all
            select min(trajectory_id) from intermediate.int_lines__placed group by verdict_rule, counting
            union all
            select min(trajectory_id) from intermediate.int_numbers__placed where gap_days is not null
        ) order by all
        """
    ).fetchall()
    return [explain(Home(demo_home), trajectory_id) for (trajectory_id,) in ids]


def test_lines_that_count_add_up_to_the_cost_of_each_year(explained: list[Explanation]) -> None:
    for found in explained:
        cost: dict[int, Decimal] = defaultdict(Decimal)
        lines: dict[int, int] = defaultdict(int)
        for line in found.lines:
            cost[line.period_from.year] += line.counted_eur
            lines[line.period_from.year] += line.counting == "counts"
        assert {year.year: (year.cost_eur, year.lines) for year in found.years} == {
            year: (cost[year], lines[year]) for year in cost if lines[year]
        }


def test_lines_of_all_trajectories_are_the_counting_lines(connection: duckdb.DuckDBPyConnection) -> None:
    assert (
        connection.execute(
            """
        select count(*), count(distinct (file_sha256, row_number)), sum(counted_cents)
        from intermediate.int_lines__placed where counts
        """
        ).fetchall()
        == connection.execute(
            "select count(*), count(*), sum(counted_cents) from intermediate.int_lines__counted where counts"
        ).fetchall()
    )


def test_chain_says_why_each_number_belongs_and_the_neighbours_do_not(explained: list[Explanation]) -> None:
    decisions = set()
    for found in explained:
        assert found.chain[0].decision == "first of the trajectory"
        assert found.chain[0].begins_on == found.trajectory.begins_on
        assert all(link.gap_days is None or link.gap_days <= found.max_gap_days for link in found.chain)
        assert all(one.gap_days > found.max_gap_days for one in found.neighbours if one.gap_days is not None)
        decisions |= {link.decision.lstrip("0123456789") for link in found.chain}
    assert " free days, at most 31 allowed" in decisions


def test_status_has_the_rule_that_decided_it(explained: list[Explanation]) -> None:
    rules = {year.status: year.status_rule for found in explained for year in found.years}

    assert rules["extended"] == "it began before the year, and a later segment begins in the year"
    assert rules["carried_over"] == "it began before the year, and no segment begins in the year"
    assert {"new", "extended", "carried_over"} <= rules.keys()


def test_every_segment_line_and_request_leads_to_a_row_of_a_file(
    explained: list[Explanation], connection: duckdb.DuckDBPyConnection
) -> None:
    files = {name for (name,) in connection.execute("select file_name from ops.deliveries").fetchall()}
    for found in explained:
        said = {(message.file_name, message.row_number) for message in found.messages}
        sources = {(one.file_name, one.row_number) for one in found.segments if one.file_name is not None}
        sources |= {(one.file_name, one.row_number) for one in (*found.lines, *found.requests)}
        assert sources <= said
        assert {name for name, _ in said} <= files
        assert {(line.answer_file, 0) for line in found.lines if line.answer_file} <= said


def test_attribution_names_a_segment_of_the_trajectory_and_its_practice(explained: list[Explanation]) -> None:
    kinds = set()
    for found in explained:
        (segment,) = [one for one in found.segments if one.care_position == found.attribution.care_position]
        assert segment.attribution == found.attribution.attribution
        assert (segment.practice_id or "unattributed") == found.attribution.practice_id
        kinds.add(segment.attribution)
    assert {"name", "none"} <= kinds


def test_trajectories_of_a_cell_are_found_in_one_query(connection: duckdb.DuckDBPyConnection) -> None:
    cells = connection.execute(
        """
        select municipality_code, practice_id, year, care_profile, status, trajectories, cost_eur
        from marts.practice_trajectories
        order by trajectories desc, municipality_code, practice_id, year, care_profile, status limit 5
        """
    ).fetchall()
    names = ("municipality_code", "practice_id", "year", "care_profile", "status")
    for *cell, trajectories, cost_eur in cells:
        found = connection.execute(TRAJECTORIES_OF_A_CELL, dict(zip(names, cell, strict=True)))
        columns = [column[0] for column in found.description]
        rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
        assert (len(rows), sum(row["cost_eur"] for row in rows)) == (trajectories, cost_eur)


def test_command_shows_every_section(
    demo_home: Path, explained: list[Explanation], capsys: pytest.CaptureFixture
) -> None:
    trajectory_id = explained[0].trajectory.trajectory_id

    assert run_command(["explain", trajectory_id, "--home", str(demo_home)]) == SUCCEEDED

    shown = capsys.readouterr().out
    for title in (
        f"Trajectory {trajectory_id}",
        "Chain",
        "Segments",
        "Status per year",
        "Lines and decisions",
        "Messages",
    ):
        assert title in shown
    assert "Practice " in shown


def test_square_brackets_in_a_file_name_are_shown_as_they_are(explained: list[Explanation]) -> None:
    from dataclasses import replace

    found = explained[0]
    # A declared line stands in a table of its own, without its message; which trajectory is first hangs on the key.
    message = replace(found.messages[0], file_name="[red]a.xml", role="order")
    odd = replace(found, messages=(message,))
    console = Console(file=io.StringIO(), width=200)
    for part in explanation_renderables(odd):
        console.print(part)

    assert "[red]a.xml" in console.file.getvalue()


def test_unknown_trajectory_is_one_sentence_and_exit_code_2(demo_home: Path, capsys: pytest.CaptureFixture) -> None:
    assert run_command(["explain", "999990019", "--home", str(demo_home)]) == MISUSED

    said = capsys.readouterr().err
    assert said.startswith("TRAJECTORY_ID: no trajectory has this id")
    assert said.count("\n") == 1
    # somebody may type a BSN
    assert "999990019" not in said


def test_home_without_a_warehouse_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no run has put a warehouse live"):
        explain(Home(tmp_path), "x")
