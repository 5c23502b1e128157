"""The dbt build beside one hand-written script that gives the same ``practice_trajectories``, over lakes of a size.

dbt's own start-up (parsing, compiling, a connection per model, loading the library of the one model in Python) is what
the same build takes over a lake of a thousand lines; it is subtracted. The three take turns.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from benchmarks.lakes import write_lake
from benchmarks.measuring import Measurement, in_turns
from benchmarks.tables import Line, Target
from pipelines.home import Home

QUICK = (1_000_000,)
FULL = (1_000_000, 10_000_000)
HUGE = (1_000_000, 10_000_000, 100_000_000)
MEMORY = "6GB"
_TINY = 1_000
_TURNS = 3
# more than these lines are measured once: script and build take some ten minutes each by the clock
_LARGEST_IN_TURNS = 10_000_000
_PEAK = 8 * 2**30
_GROWTH = 1.05
_KEY = "municipality_code, practice_id, year, care_profile, status, trajectories, clients, cost_eur, cost_open_eur"


def run(sizes: Sequence[int], work_folder: Path | None = None) -> Iterator[tuple[str, list[Line]]]:
    """Measure; gives a title and lines per size, then how the time grows with the lines.

    Args:
        sizes: declaration lines per lake; 100 million need 60 GB of disk.
        work_folder: where the lakes are made; default: the system's folder for temporary files.

    Raises:
        RuntimeError: the two builds differ.
    """
    folder = Path(mkdtemp(prefix="jeugdspiegel-", dir=work_folder))
    try:
        tiny = Home(folder / "tiny")
        write_lake(tiny, _TINY)
        found: list[Measurement] = []
        for size in sizes:
            home = Home(folder / str(size))
            write_lake(home, size)
            builds = {
                "start_up": ["by_dbt", str(tiny.root), MEMORY],
                "hand": ["by_hand", str(home.root), MEMORY],
                "whole": ["by_dbt", str(home.root), MEMORY],
            }
            taken = in_turns(builds, 1 if size > _LARGEST_IN_TURNS else _TURNS, "benchmarks.builds")
            _check_equal(home)
            start_up, whole = taken["start_up"], taken["whole"]
            built = replace(
                whole,
                cpu_seconds=max(whole.cpu_seconds - start_up.cpu_seconds, 0.0),
                wall_seconds=max(whole.wall_seconds - start_up.wall_seconds, 0.0),
            )
            found.append(built)
            yield f"marts of section 5, {whole.rows:,} lines", list(_lines(taken["hand"], whole, start_up, built))
            shutil.rmtree(home.root)
        if len(found) > 1:
            yield "growth", [_growth(found)]
    finally:
        shutil.rmtree(folder)


def _lines(hand: Measurement, whole: Measurement, start_up: Measurement, built: Measurement) -> Iterator[Line]:
    yield Line("one hand-written script", hand.rows, hand)
    yield Line("dbt, the whole build", whole.rows, whole, memory=Target(_PEAK, is_most=True))
    yield Line("dbt's own start-up", start_up.rows, start_up)
    ratio = built.cpu_seconds / hand.cpu_seconds
    yield Line("dbt without its start-up", built.rows, built, ratio, "times the script", Target(2.0, is_most=True))


def _growth(found: Sequence[Measurement]) -> Line:
    first, last = found[0], found[-1]
    exponent = math.log(last.cpu_seconds / first.cpu_seconds) / math.log(last.rows / first.rows)
    return Line("dbt without its start-up", last.rows, last, exponent, "power of lines", Target(_GROWTH, is_most=True))


def _check_equal(home: Home) -> None:
    with duckdb.connect(home.candidate, read_only=True) as made:
        ours = f"select {_KEY} from marts.practice_trajectories"
        theirs = f"select {_KEY} from read_parquet('{home.root / 'by_hand.parquet'}')"
        both = f"(({ours}) except all ({theirs})) union all (({theirs}) except all ({ours}))"
        differing = made.execute(f"select count(*) from ({both})").fetchall()[0][0]
        rows = made.execute("select count(*) from marts.practice_trajectories").fetchall()[0][0]
    if differing or not rows:
        raise RuntimeError(f"The two builds differ in {differing} of {rows} rows of practice_trajectories.")
