"""Fixtures that several rooms share."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest


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
