"""Dagster's pages as ``make ui`` serves them, on a copy of the demo's home, and a headless browser to look at them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.automation.instance import opened_instance
from pipelines.home import Home

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
CHROMIUM = Path("/usr/bin/chromium")
FAILED_CHECK = "cost_drift"
# A loaded machine takes minutes to start Dagster's services.
_PATIENCE_SECONDS = 420


@dataclass(frozen=True)
class Pages:
    """A running UI.

    Attributes:
        url: where it listens.
        home: its home folder.
        clock: how many days the clock is ahead, as a file.
    """

    url: str
    home: Home
    clock: Path

    def ask(self, query: str) -> dict[str, Any]:
        """The data of a GraphQL query."""
        body = json.dumps({"query": query}).encode()
        request = urllib.request.Request(f"{self.url}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return dict(json.load(answer)["data"])


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = _PATIENCE_SECONDS) -> None:
    """Wait for something to become true; fails naming it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError, ValueError):
            if is_so():
                return
        time.sleep(1)
    pytest.fail(f"{what}: not after {seconds:.0f} seconds")


@pytest.fixture(scope="module")
def pages(long_tests: None, demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """``make ui`` on a copy of the demo's home in which a check failed."""
    if not CHROMIUM.exists():
        pytest.skip("no Chromium here: apt-get install chromium")
    if shutil.which("make") is None:
        pytest.skip("no make here")
    folder = tmp_path_factory.mktemp("ui")
    home, clock = Home(folder / "home"), folder / "clock"
    subprocess.run(["cp", "-a", str(demo_home), str(home.root)], check=True)
    clock.write_text("0", encoding="ascii")
    _fail_a_check(home)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DAGSTER_", "PYTEST_"))}
    environment |= {
        "JEUGDSPIEGEL_HOME": str(home.root),
        "JEUGDSPIEGEL_UI_PORT": str(port),
        "JEUGDSPIEGEL_TEST_CLOCK": str(clock),
        "PYTHONPATH": str(Path(__file__).parent / "moved_clock"),
    }
    log = folder / "ui.log"
    with log.open("wb") as output:
        # The environment of this test is there already: make must not change it under other tests.
        command = ["make", "--old-file=.venv/synced.stamp", "ui"]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    pages = Pages(f"http://127.0.0.1:{port}", home, clock)
    try:
        wait_until(lambda: _is_loaded(pages), f"make ui serves its pages ({log})")
        yield pages
    finally:
        _stop(process)


def _is_loaded(pages: Pages) -> bool:
    data = pages.ask("{ repositoriesOrError { ... on RepositoryConnection { nodes { name } } } }")
    return bool(data["repositoriesOrError"].get("nodes"))


def _stop(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGINT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=30)
    process.wait(timeout=30)


def _fail_a_check(home: Home) -> None:
    """What a night leaves whose candidate moved too far from the live publication."""
    with opened_instance(home) as instance:
        instance.report_runless_asset_event(
            dg.AssetCheckEvaluation(
                asset_key=dg.AssetKey("protected"),
                check_name=FAILED_CHECK,
                passed=False,
                severity=dg.AssetCheckSeverity.ERROR,
                description="The cost of a municipality moved by more than max_cost_drift.",
                metadata={"marts.practice_years": 1},
                blocking=True,
            )
        )
