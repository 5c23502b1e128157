"""One run at a time in a home folder, whoever starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.errors import RunLockedError
from pipelines.home import Home
from pipelines.run_lock import find_holder, hold

HOLD = """
import sys, time
from pathlib import Path
from pipelines.home import Home
from pipelines.run_lock import hold
with hold(Home(Path(sys.argv[1])), "another run"):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def other(home: Home) -> Iterator[subprocess.Popen[str]]:
    """Another process that is at work in the home folder."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(home.root)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_second_run_is_refused_with_the_name_and_the_time_of_the_first(
    home: Home, other: subprocess.Popen[str]
) -> None:
    named = rf"another run \(process {other.pid}, since \d\d-\d\d-20\d\d \d\d:\d\d\)"
    with pytest.raises(RunLockedError, match=named), hold(home, "this run"):
        pytest.fail("two runs at once")


def test_second_run_waits_and_goes_on_when_the_first_is_killed(home: Home, other: subprocess.Popen[str]) -> None:
    waited_for: list[str] = []

    def kill(_: float) -> None:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()

    with hold(home, "this run", 60, on_wait=lambda holder: waited_for.append(holder.who), sleep=kill):
        holder = find_holder(home)

    assert waited_for == ["another run"]
    assert holder is not None
    assert (holder.who, holder.process) == ("this run", os.getpid())


def test_holder_is_nobody_before_and_after_a_run(home: Home) -> None:
    assert find_holder(home) is None
    with hold(home, "this run"):
        assert find_holder(home) is not None
    assert find_holder(home) is None


def test_what_a_run_calls_may_ask_for_the_lock_again(home: Home) -> None:
    with hold(home, "jeugdspiegel forget"), hold(home, "jeugdspiegel run"):
        holder = find_holder(home)

    assert holder is not None
    assert holder.who == "jeugdspiegel forget"
    assert find_holder(home) is None
