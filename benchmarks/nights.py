"""Whole nights, from the command to its end: one without new files, and one with a new month on top of years.

Belongs here: the command ``jeugdspiegel run`` as the schedule's timer calls it. Does not belong here: parts of a night
(``benchmarks.ingestion``, ``benchmarks.warehouse``).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from benchmarks.inputs import Message, write_declaration
from benchmarks.lakes import KEY, write_empty_lake, write_lake
from benchmarks.measuring import ROOT, Measurement
from benchmarks.tables import Line, Target
from pipelines.home import Home

COMMAND = Path(sys.executable).with_name("jeugdspiegel")
_QUIET_SECONDS = 25.0
_MOST_TIMES = 2.0
_KILOBYTE = 1024


@dataclass(frozen=True)
class Sizes:
    """How much is measured.

    Attributes:
        before: declaration lines that the lake holds.
        month: lines of the new month.
    """

    before: int
    month: int


QUICK = Sizes(before=600_000, month=100_000)
FULL = Sizes(before=6_000_000, month=100_000)


def run(sizes: Sizes, work_folder: Path | None = None) -> Iterator[tuple[str, list[Line]]]:
    """Measure; gives a title and lines per table.

    Args:
        sizes: five years of 100,000 lines a month are 6 million.
        work_folder: where the homes are made; default: the system's folder for temporary files.

    Raises:
        RuntimeError: a run failed.
    """
    folder = Path(mkdtemp(prefix="jeugdspiegel-", dir=work_folder))
    try:
        years, empty = Home(folder / "years"), Home(folder / "empty")
        lines = write_lake(years, sizes.before)
        write_empty_lake(empty)
        for home in (years, empty):
            home.make()
        _night(years, "--rebuild")
        rebuild = _night(years, "--rebuild")
        yield f"a night without new files, on {lines:,} lines", list(_quiet(years, lines))
        for home in (years, empty):
            write_declaration(home.inbox / "month.xml", Message(lines=sizes.month, seed=1))
        # Dagster and dbt have been here before; the month has not.
        alone, on_top = _night(empty), _night(years)
        title = f"a new month of {sizes.month:,} lines"
        yield title, list(_month(sizes.month, lines, alone, rebuild, on_top))
    finally:
        shutil.rmtree(folder)


def _quiet(home: Home, lines: int) -> Iterator[Line]:
    whole = _night(home)
    ratio = whole.wall_seconds
    yield Line("the whole night", lines, whole, ratio, "seconds", Target(_QUIET_SECONDS, is_most=True))
    yield Line("of which Python and our own code", 0, _python("import pipelines.cli, pipelines.publication.standing"))
    yield Line("of which Dagster loading", 0, _python("import dagster"))
    yield Line("dbt loading: not on such a night", 0, _python("from dbt.cli.main import dbtRunner"))


def _month(month: int, lines: int, alone: Measurement, rebuild: Measurement, on_top: Measurement) -> Iterator[Line]:
    yield Line("that month alone, on an empty lake", month, alone)
    yield Line(f"the rebuild of {lines:,} lines alone", lines, rebuild)
    ratio = on_top.wall_seconds / (alone.wall_seconds + rebuild.wall_seconds)
    yield Line("that month on top", lines + month, on_top, ratio, "times the two", Target(_MOST_TIMES, is_most=True))


def _night(home: Home, *options: str) -> Measurement:
    return _measured([str(COMMAND), "run", "--home", str(home.root), *options])


def _python(statement: str) -> Measurement:
    return _measured([sys.executable, "-c", statement])


def _measured(command: Sequence[str]) -> Measurement:
    """A command with all the processes that it starts and waits for."""
    environment = {**os.environ, "JEUGDSPIEGEL_PSEUDONYM_KEY": KEY.hex()}
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError("A run failed; nothing was measured.")
    return Measurement(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * _KILOBYTE, 0)
