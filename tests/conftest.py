"""Fixtures that several rooms share."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

# What their tests share takes a night or a build of dbt to make: one worker makes it, and runs all of them.
_MADE_ONCE = frozenset(
    {"cases", "completeness", "data_quality", "dbt", "e2e", "explain", "oracle", "poh", "ui", "vintages"}
)


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a folder that shares something expensive on one worker (``--dist loadgroup``)."""
    here = Path(__file__).parent
    for item in items:
        folder = item.path.relative_to(here).parts[0]
        if folder in _MADE_ONCE:
            item.add_marker(pytest.mark.xdist_group(folder))


@pytest.fixture(scope="session")
def long_tests() -> None:
    """For what takes minutes and shows the same as shorter tests: not part of every check."""
    if "JEUGDSPIEGEL_LONG_TESTS" not in os.environ:
        pytest.skip("takes minutes: 'make long' runs it")


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A home folder in which the demo was delivered and one nightly run succeeded. Read only: all tests share it.

    Parallel workers build it once between them.
    """
    from demo import write_demo
    from pipelines.nightly import run_nightly

    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    home, done = shared / "demo_home", shared / "demo_home.done"
    with (shared / "demo_home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            write_demo(home)
            run_nightly(home)
            done.touch()
    return home


@pytest.fixture(scope="session")
def demo_warehouse(demo_home: Path) -> Path:
    """The warehouse of the demo; open it with ``duckdb.connect(str(path), read_only=True)``."""
    from pipelines.home import Home

    return Home(demo_home).warehouse
