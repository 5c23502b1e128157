"""Publishes again and again in processes that are killed half-way; prints what a reader found after each.

Run as ``python -m tests.publication.killing HOME``. This process only forks: what it imports is loaded once, and
neither DuckDB nor polars has started a thread here that a child would miss.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas  # noqa: F401 - DuckDB would load it in every child
import pyarrow  # noqa: F401 - the same

from pipelines.home import Home
from pipelines.publication import audit, kept, manifest, publish, staging
from pipelines.publication.census import take_census
from pipelines.publication.inputs import code_digest
from tests.publication.homes import MASK, build_candidate, number_of, protected_tables

KEEP = 3
# Moments before a call to the operating system: of the whole, of putting live, and each of the last of that. And
# moments by the clock, for what DuckDB and polars write without Python.
SPREAD, SPREAD_GOING_LIVE, LAST_GOING_LIVE, BY_TIME = 10, 12, 20, 8
_CALLS = ("open", "close", "fsync", "chmod", "mkdir", "rmdir", "rename", "replace", "unlink", "symlink")


class _Steps:
    """Counts calls to the operating system, and kills this process before one of them."""

    def __init__(self, fatal: int | None = None) -> None:
        self._fatal, self.names = fatal, list[str]()

    def follow(self) -> None:
        for name in _CALLS:
            setattr(os, name, self._counted(name, getattr(os, name)))
        io.open = self._counted("io.open", io.open)  # type: ignore[assignment]

    def _counted(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            self.names.append(name)
            if len(self.names) == self._fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **options)

        return counted


def _build(home: Home, number: int, folder: Path) -> None:
    """A candidate of dbt, and the same with everything that is published of it."""
    build_candidate(home, number)
    shutil.copytree(home.candidate.parent, folder / f"built{number}")
    _stage(home)
    shutil.copytree(home.candidate.parent, folder / f"staged{number}")


def _stage(home: Home) -> None:
    staging.stage(home, protected_tables(home), MASK)
    audit.remember(home, audit.judge([], accept_drift=False), take_census(home.candidate))


def _take(home: Home, template: Path) -> None:
    shutil.rmtree(home.candidate.parent, ignore_errors=True)
    shutil.copytree(template, home.candidate.parent)


def _publish(home: Home, *, is_staged: bool, steps: _Steps | None = None) -> None:
    if steps:
        steps.follow()
    if not is_staged:
        _stage(home)
    publish(home, KEEP)


def _look(home: Home) -> dict[str, Any]:
    publications = kept(home)
    return {
        "exact": number_of(home.warehouse),
        "published": number_of(home.published / "jeugdspiegel.duckdb"),
        "parquet": _number_in_parquet(home.published / "parquet"),
        "damaged": [manifest.first_damaged(publication.folder) for publication in publications],
        "public_damaged": manifest.first_damaged(home.published),
        "kept": len(publications),
    }


def _number_in_parquet(folder: Path) -> int:
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select distinct publication_mark from read_parquet('{folder}/p*.parquet')"
        ).fetchall()
    ((number,),) = rows
    return int(number)


def _in_a_child(work: Callable[[], Any], answer: Path) -> Any:
    """What the work returns, or None when the child did not come to its end."""
    answer.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        try:
            answer.write_text(json.dumps(work()), encoding="utf-8")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    return json.loads(answer.read_text(encoding="utf-8")) if answer.exists() else None


def _killed_after(seconds: float, work: Callable[[], Any]) -> None:
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _counted(home: Home, template: Path, answer: Path, *, is_staged: bool) -> tuple[int, float]:
    """Steps and seconds of a publication that is not killed."""
    _take(home, template)

    def work() -> tuple[int, float]:
        steps, before = _Steps(), time.monotonic()
        _publish(home, is_staged=is_staged, steps=steps)
        return len(steps.names), time.monotonic() - before

    steps, seconds = _in_a_child(work, answer)
    return int(steps), float(seconds)


def _moments(whole: int, going_live: int) -> list[tuple[bool, int]]:
    """Whether the candidate is staged already, and before which step the process is killed."""
    early = going_live - LAST_GOING_LIVE
    return [
        *((False, 1 + part * whole // SPREAD) for part in range(SPREAD)),
        *((True, 1 + part * early // SPREAD_GOING_LIVE) for part in range(SPREAD_GOING_LIVE)),
        *((True, step) for step in range(early + 1, going_live + 1)),
    ]


def main(root: Path) -> None:
    """Publish twice, counting the steps, then kill every further time; one JSON line per moment."""
    home, answer, templates = Home(root), root.with_name("answer.json"), root.with_name("templates")
    home.make()
    # Kept for the process: what a publication reads once is not what is tested here.
    code_digest()
    for number in (1, 2):
        _in_a_child(lambda number=number: _build(home, number, templates), answer)
    whole, seconds = _counted(home, templates / "built1", answer, is_staged=False)
    going_live, _ = _counted(home, templates / "staged2", answer, is_staged=True)
    live = 2
    moments: list[tuple[bool, int | None]] = [*_moments(whole, going_live), *([(False, None)] * BY_TIME)]
    for place, (is_staged, fatal) in enumerate(moments):
        number = 3 - live
        _take(home, templates / f"{'staged' if is_staged else 'built'}{number}")
        if fatal is None:
            part = (place - len(moments) + BY_TIME + 0.5) / BY_TIME
            _killed_after(seconds * part, lambda: _publish(home, is_staged=False))
            was_killed = True
        else:
            steps = _Steps(fatal)
            work = lambda is_staged=is_staged, steps=steps: _publish(home, is_staged=is_staged, steps=steps) or True  # noqa: E731
            was_killed = _in_a_child(work, answer) is None
        seen = _in_a_child(lambda: _look(home), answer)
        _say({"before": live, "number": number, "was_killed": was_killed, "seen": seen})
        live = seen["exact"] if seen else live
    number = 3 - live
    _take(home, templates / f"staged{number}")
    _in_a_child(lambda: _publish(home, is_staged=True), answer)
    left = sorted(path.name for path in home.publications.iterdir() if path.name.startswith("."))
    _say({"before": live, "number": number, "seen": _in_a_child(lambda: _look(home), answer), "left": left})


def _say(values: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(values) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
