"""The run log: each run once, also one that was killed."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

from pipelines.home import Home
from pipelines.operations import run_log
from pipelines.operations.run_log import RunRecord
from tests.operations.conftest import NIGHT


def _run(name: str, outcome: run_log.Outcome = "published", days: int = 0) -> RunRecord:
    at = NIGHT + timedelta(days=days)
    return RunRecord(run_id=name, started_at=at, outcome=outcome, ended_at=at + timedelta(minutes=1))


def test_run_that_ends_replaces_its_beginning(home: Home) -> None:
    with run_log.running(home, "a"):
        run_log.write(home, RunRecord("a", NIGHT, "running"))
        assert [run.outcome for run in run_log.read(home)] == ["running"]
        run_log.write(home, _run("a"), [("marts.practice_years", 1.5)])

    assert [(run.run_id, run.outcome) for run in run_log.read(home)] == [("a", "published")]
    assert run_log.read_assets(home, "a") == {"marts.practice_years": 1.5}


def test_run_whose_process_was_killed_reads_as_killed(home: Home) -> None:
    script = (
        "import os, signal, sys; from datetime import datetime; from pathlib import Path;"
        "from pipelines.home import Home;"
        "from pipelines.operations import run_log;"
        "home = Home(Path(sys.argv[1])); at = datetime.fromisoformat(sys.argv[2]);"
        "record = run_log.RunRecord('a', at, 'running')\n"
        "with run_log.running(home, 'a'):\n"
        "    run_log.write(home, record); assert run_log.read(home)[0].outcome == 'running'\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(home.root), NIGHT.isoformat()], check=False, timeout=120)

    assert killed.returncode == -9
    assert [run.outcome for run in run_log.read(home)] == ["killed"]
    run_log.write(home, _run("b", days=1))
    assert [run.outcome for run in run_log.read(home)] == ["killed", "published"]
    assert not list(home.operations.glob(".running.*"))


def test_durations_per_asset_are_dropped_after_the_retention_and_runs_are_not(home: Home) -> None:
    for days in (0, 5, 10):
        run_log.write(home, _run(f"run {days}", days=days), [("asset", 1.0)], keep_days=7)

    assert [run.run_id for run in run_log.read(home)] == ["run 0", "run 5", "run 10"]
    assert [bool(run_log.read_assets(home, f"run {days}")) for days in (0, 5, 10)] == [False, True, True]


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (["published", "failed"], 0),
        (["published", "unchanged", "failed"], 1),
        (["published", "done"], 0),
        (["failed", "killed"], None),
    ],
)
def test_last_success_is_the_newest_run_after_which_figures_were_new(
    home: Home, outcomes: list[run_log.Outcome], expected: int | None
) -> None:
    for days, outcome in enumerate(outcomes):
        run_log.write(home, _run(str(days), outcome, days))

    success = run_log.last_success(home)

    assert (success and success.run_id) == (None if expected is None else str(expected))
