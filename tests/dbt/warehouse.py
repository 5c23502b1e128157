"""Builds the dbt project on a lake, in this process, and gives a connection to the result."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
from dbt.cli.main import dbtRunner, dbtRunnerResult

PROJECT = Path(__file__).parents[2] / "dbt_project"


@contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    """The variables that the project reads, for the time of one call."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def dbt(home: Path, *arguments: str) -> dbtRunnerResult:
    """One dbt command on the lake under ``home``; the candidate is ``home/candidate.duckdb``."""
    paths = {
        "JEUGDSPIEGEL_LAKE": str(home / "lake"),
        "JEUGDSPIEGEL_QUARANTINE": str(home / "quarantine"),
        "JEUGDSPIEGEL_CANDIDATE": str(home / "candidate.duckdb"),
    }
    folders = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(home / "target")]
    with environment(paths):
        return dbtRunner().invoke(
            [*arguments, *folders, "--log-path", str(home / "logs"), "--quiet", "--no-use-colors"]
        )


def built(home: Path, *arguments: str) -> list[str]:
    """Build everything but the unit tests; gives the names of what failed."""
    result = dbt(home, "build", "--exclude-resource-type", "unit_test", *arguments)
    if result.exception is not None:
        raise result.exception
    return [r.node.name for r in result.result if r.status not in ("success", "pass", "skipped")]


def rows(home: Path, query: str, parameters: Sequence[object] = ()) -> list[tuple]:
    """Ask the candidate; opened read-only and closed at once."""
    with duckdb.connect(str(home / "candidate.duckdb"), read_only=True) as connection:
        return connection.execute(query, parameters).fetchall()
