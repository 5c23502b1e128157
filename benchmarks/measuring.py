"""One task in a process of its own: processor time, wall time and peak memory. Tasks to compare take turns.

Processor time decides: it does not depend on what else the machine does, and it does not reward the use of more cores.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
TASKS = "benchmarks.tasks"
# Linux counts ru_maxrss in kilobytes, macOS in bytes.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Measurement:
    """What a task took once everything it needs was loaded.

    Attributes:
        cpu_seconds: processor time of its process and the processes that it started.
        wall_seconds: time on the clock.
        peak_bytes: the most memory that its process had at once, imports included.
        rows: what it gave; peers must agree.
    """

    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int
    rows: int


def measured(work: Callable[[], int]) -> Measurement:
    """Run work in this process."""
    cpu, wall = _cpu_seconds(), time.perf_counter()
    rows = work()
    cpu, wall = _cpu_seconds() - cpu, time.perf_counter() - wall
    return Measurement(cpu, wall, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT, rows)


def run_task(arguments: Sequence[str], module: str = TASKS) -> Measurement:
    """Run a task of a module that ends by printing what ``told`` gives, in a process of its own.

    Args:
        arguments: the task's name and its arguments; of ``benchmarks.tasks`` a file to warm up with comes first.
        module: what has the task.

    Raises:
        subprocess.CalledProcessError: the task failed.
    """
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return Measurement(**json.loads(done.stdout.splitlines()[-1]))


def in_turns(tasks: Mapping[str, Sequence[str]], repetitions: int, module: str = TASKS) -> dict[str, Measurement]:
    """Run each task once, then each again: what slows the machine down for a while slows all of them.

    Args:
        tasks: by name what ``run_task`` takes.
        repetitions: turns.
        module: what has the tasks.

    Returns:
        Per task the median of each figure, of memory the largest.
    """
    runs: dict[str, list[Measurement]] = {name: [] for name in tasks}
    for _ in range(repetitions):
        for name, arguments in tasks.items():
            runs[name].append(run_task(arguments, module))
    return {name: _typical(of_task) for name, of_task in runs.items()}


def told(measurement: Measurement) -> str:
    """A measurement as the line that ``run_task`` reads."""
    return json.dumps(asdict(measurement))


def _typical(runs: Sequence[Measurement]) -> Measurement:
    return Measurement(
        cpu_seconds=median(run.cpu_seconds for run in runs),
        wall_seconds=median(run.wall_seconds for run in runs),
        peak_bytes=max(run.peak_bytes for run in runs),
        rows=runs[0].rows,
    )


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
