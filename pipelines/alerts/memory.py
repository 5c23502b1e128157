"""What was told, so that it is told once: ``operations/alerts.json`` in the home folder."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines.alerts.situation import Ending, Situation, Worry
from pipelines.home import Home

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_RUNS_REMEMBERED = 50


def night_of(moment: datetime) -> date:
    """The night that a moment belongs to: its day in Amsterdam."""
    return moment.astimezone(AMSTERDAM).date()


@dataclass(frozen=True)
class Memory:
    """What is remembered between runs.

    Attributes:
        told_on: the night of the last message.
        failing_since: when the first of the present row of failures ended; None while all is well.
        failures: how many runs have failed since then.
        recovered_from: when the failures began that a success has ended, as long as nobody was told so.
        is_failure_told: whether a message said that runs fail.
        worries: those of the last look.
        told: of these, the ones that a message counted.
        last_ended_at: when the newest run that we know ended.
        runs: ids of the runs that we know, newest last.
    """

    told_on: date | None = None
    failing_since: datetime | None = None
    failures: int = 0
    recovered_from: datetime | None = None
    is_failure_told: bool = False
    worries: frozenset[Worry] = frozenset()
    told: frozenset[Worry] = frozenset()
    last_ended_at: datetime | None = None
    runs: tuple[str, ...] = ()

    def knows(self, ending: Ending) -> bool:
        """Whether the run was looked at, or a newer one was."""
        is_older = self.last_ended_at is not None and ending.ended_at < self.last_ended_at
        return ending.run_id in self.runs or is_older

    def noting(self, situation: Situation) -> Memory:
        """What is known after this situation, before anything is told."""
        ending = situation.ending
        kept = frozenset(worry for worry in self.worries if worry.kind in situation.unseen)
        worries = situation.worries | kept
        noted = replace(
            self,
            worries=worries,
            told=self.told & worries,
            last_ended_at=ending.ended_at,
            runs=(*self.runs, ending.run_id)[-_RUNS_REMEMBERED:],
        )
        if ending.outcome == "failed":
            since = self.failing_since or ending.ended_at
            return replace(noted, failing_since=since, failures=self.failures + 1)
        # A failure that nobody heard of needs no all-clear.
        recovered_from = self.failing_since if self.failing_since and self.is_failure_told else self.recovered_from
        return replace(noted, failing_since=None, failures=0, recovered_from=recovered_from, is_failure_told=False)

    def having_told(self, situation: Situation) -> Memory:
        """What is known once the message has been sent."""
        has_failed = situation.ending.outcome == "failed"
        return replace(
            self,
            told_on=night_of(situation.ending.ended_at),
            is_failure_told=has_failed,
            recovered_from=None,
            told=self.worries,
        )


@dataclass
class _Shelf:
    """Holds the memory while one process decides."""

    memory: Memory = field(default_factory=Memory)


@contextmanager
def opened_memory(home: Home) -> Iterator[_Shelf]:
    """The memory, for one process at a time; what it is set to is written at the end."""
    home.operations.mkdir(parents=True, exist_ok=True)
    with (home.operations / ".alerts.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shelf = _Shelf(_read(memory_path(home)))
        yield shelf
        _write(memory_path(home), shelf.memory)


def memory_path(home: Home) -> Path:
    """Where the memory lies."""
    return home.operations / "alerts.json"


def _read(path: Path) -> Memory:
    if not path.exists():
        return Memory()
    values = json.loads(path.read_text(encoding="utf-8"))
    for name in ("failing_since", "recovered_from", "last_ended_at"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    values["told_on"] = date.fromisoformat(values["told_on"]) if values["told_on"] else None
    for name in ("worries", "told"):
        values[name] = frozenset(Worry(kind, key) for kind, key in values[name])
    return Memory(**{**values, "runs": tuple(values["runs"])})


def _write(path: Path, memory: Memory) -> None:
    values = asdict(memory)
    for name in ("failing_since", "recovered_from", "last_ended_at", "told_on"):
        values[name] = values[name].isoformat() if values[name] else None
    for name in ("worries", "told"):
        values[name] = sorted((worry.kind, worry.key) for worry in getattr(memory, name))
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(values, indent=1), encoding="utf-8")
    beside.replace(path)
