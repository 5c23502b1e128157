"""Builds the dbt project on a lake and asks the result.

dbt runs in a process of its own: within this one its adapter would keep the candidate open.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

# the marts, ops and explanations of this room, with all that they rest on
OURS = (
    "+trajectory_years",
    "+practice_trajectories",
    "+practice_years",
    "+attribution_coverage",
    "+path:models/ops",
    "+path:models/intermediate/explanations",
)
SEEDS = ("statuses", "attributions", "care_profiles", "finding_rules", "finding_sources")
PROJECT = Path(__file__).parents[2] / "dbt_project"


class DbtFailedError(Exception):
    """dbt ended before it could say what each node did."""


def dbt(home: Path, *arguments: str) -> dict[str, str]:
    """One dbt command on the lake under ``home``; gives the status of each node by its name.

    The candidate is ``home/candidate.duckdb``. Raises DbtFailedError with dbt's output where it gave no results.
    """
    paths = {
        "JEUGDSPIEGEL_LAKE": str(home / "lake"),
        "JEUGDSPIEGEL_QUARANTINE": str(home / "quarantine"),
        "JEUGDSPIEGEL_CANDIDATE": str(home / "candidate.duckdb"),
    }
    results = home / "target" / "run_results.json"
    results.unlink(missing_ok=True)
    command = [sys.executable, "-m", "dbt.cli.main", *arguments, "--project-dir", str(PROJECT)]
    command += ["--profiles-dir", str(PROJECT), "--target-path", str(home / "target"), "--log-path", str(home / "logs")]
    done = subprocess.run(command, env=os.environ | paths, capture_output=True, text=True, check=False)
    if not results.exists():
        raise DbtFailedError(done.stdout[-3000:] + done.stderr[-1000:])
    listed = json.loads(results.read_text())["results"]
    return {result["unique_id"].split(".", 2)[2]: result["status"] for result in listed}


def built(home: Path, *arguments: str) -> list[str]:
    """Build our marts and ops and run their tests; gives the names of what failed."""
    choice = ["--select", *OURS, *SEEDS, "--indirect-selection", "buildable"]
    statuses = dbt(home, "build", "--exclude-resource-type", "unit_test", *choice, *arguments)
    return sorted(name for name, status in statuses.items() if status not in ("success", "pass"))


def rows(home: Path, query: str, parameters: Sequence[object] = ()) -> list[tuple]:
    """Ask the candidate; opened read-only and closed at once."""
    with duckdb.connect(str(home / "candidate.duckdb"), read_only=True) as connection:
        return connection.execute(query, parameters).fetchall()
