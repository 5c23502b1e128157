"""Builds the marts of many histories at once, and says where they are not what the definition gives."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from .definition import PracticeTrajectories, PracticeYear, practice_trajectories, practice_years, trajectory_years
from .deliveries import Outcome, outcomes
from .history import History
from .placing import place, place_of
from .to_lake import write_lake
from .trajectories import TrajectoryYear

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
MODELS = ("trajectory_years", "practice_trajectories", "practice_years", "deliveries")


@dataclass(frozen=True)
class Difference:
    """Rows of one table that only the definition gives, and rows that only the marts give."""

    table: str
    expected: tuple[object, ...]
    got: tuple[object, ...]


def differences(histories: list[History], folder: Path, max_gap_days: int = 31) -> dict[int, list[Difference]]:
    """Per position in `histories` where definition and marts differ, all from one build under `folder`."""
    placed = [place(history, index) for index, history in enumerate(histories)]
    candidate = build(placed, folder, max_gap_days)
    with duckdb.connect(str(candidate), read_only=True) as connection:
        got = _actual(connection)
    found: dict[int, list[Difference]] = {}
    for index, history in enumerate(placed):
        expected = _expected(history, max_gap_days)
        unlike = [
            Difference(
                table, tuple((rows - got[table][index]).elements()), tuple((got[table][index] - rows).elements())
            )
            for table, rows in expected.items()
            if rows != got[table][index]
        ]
        if unlike:
            found[index] = unlike
    return found


def build(placed: list[History], folder: Path, max_gap_days: int = 31) -> Path:
    """Runs the dbt project once on a lake of these histories; the path of the candidate.

    Raises:
        RuntimeError: dbt failed; the message is what it printed.
    """
    candidate = folder / "warehouse.duckdb"
    write_lake(placed, folder / "lake", folder / "quarantine")
    command = [
        sys.executable,
        "-m",
        "dbt.cli.main",
        "build",
        "--project-dir",
        str(PROJECT),
        "--profiles-dir",
        str(PROJECT),
    ]
    command += [
        "--target-path",
        str(folder.parent / "target"),
        "--log-path",
        str(folder.parent / "logs"),
        "--no-use-colors",
    ]
    command += ["--vars", f"{{max_gap_days: {max_gap_days}}}", "--exclude-resource-type", "test", "unit_test"]
    command += ["--select", *(f"+{model}" for model in MODELS)]
    environment = os.environ | {
        "JEUGDSPIEGEL_LAKE": str(folder / "lake"),
        "JEUGDSPIEGEL_QUARANTINE": str(folder / "quarantine"),
        "JEUGDSPIEGEL_CANDIDATE": str(candidate),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"dbt failed:\n{done.stdout[-4000:]}\n{done.stderr[-2000:]}")
    return candidate


def _expected(history: History, max_gap_days: int) -> dict[str, Counter[object]]:
    by_trajectory = trajectory_years(history, max_gap_days)
    rows = [row for of_one in by_trajectory for row in of_one]
    return {
        "trajectory_years": Counter(tuple(of_one) for of_one in by_trajectory),
        "practice_trajectories": Counter(practice_trajectories(rows)),
        "practice_years": Counter(practice_years(rows)),
        "deliveries": Counter(outcomes(history)),
    }


def _actual(connection: duckdb.DuckDBPyConnection) -> dict[str, defaultdict[int, Counter[Any]]]:
    """Per table and history the rows as the definition writes them; trajectory years together per trajectory_id."""
    found: dict[str, defaultdict[int, Counter[Any]]] = {name: defaultdict(Counter) for name in MODELS}
    trajectories: dict[str, list[TrajectoryYear]] = defaultdict(list)
    names = [field.name for field in fields(TrajectoryYear)]
    query = f"select trajectory_id, {', '.join(names)} from marts.trajectory_years order by trajectory_id, year"
    for key, *values in connection.execute(query).fetchall():
        trajectories[key].append(TrajectoryYear(*values))
    for rows in trajectories.values():
        found["trajectory_years"][place_of(rows[0].municipality_code)][tuple(rows)] += 1
    for table, row_type in (("practice_trajectories", PracticeTrajectories), ("practice_years", PracticeYear)):
        columns = ", ".join(field.name for field in fields(row_type))
        for values in connection.execute(f"select {columns} from marts.{table}").fetchall():
            found[table][place_of(values[0])][row_type(*values)] += 1
    columns = ", ".join(field.name for field in fields(Outcome))
    for values in connection.execute(f"select {columns} from ops.deliveries").fetchall():
        found["deliveries"][int(values[1].split("/")[0])][_outcome(values)] += 1
    return found


def _outcome(values: tuple[Any, ...]) -> Outcome:
    """The contract names reasons of refusals only; what a duplicate's says is free."""
    found = Outcome(*(int(value) if isinstance(value, Decimal) else value for value in values))
    return found if found.outcome == "refused" else replace(found, reason=None)
