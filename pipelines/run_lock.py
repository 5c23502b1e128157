"""One run at a time in a home folder, whoever starts it: the daemon, the command line, cron.

Belongs here: the lock and who holds it. Does not belong here: what a run does while it holds it.
The operating system frees the lock when its process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from pipelines.errors import RunLockedError
from pipelines.home import Home

_AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_LOOK_SECONDS = 0.2
# The thread that holds each lock: what it calls may ask for the lock again.
_held_by: dict[Path, int] = {}


@dataclass(frozen=True)
class Holder:
    """Who holds the lock.

    Attributes:
        who: such as ``jeugdspiegel run``.
        process: its process id.
        since: when it took the lock (UTC).
    """

    who: str
    process: int
    since: datetime

    def __str__(self) -> str:
        local = self.since.astimezone(_AMSTERDAM)
        return f"{self.who} (process {self.process}, since {local:%d-%m-%Y %H:%M})"


@dataclass(frozen=True)
class _Patience:
    seconds: float
    on_wait: Callable[[Holder], object]
    monotonic: Callable[[], float]
    sleep: Callable[[float], object]


@contextmanager
def hold(
    home: Home,
    who: str,
    wait_seconds: float = 0.0,
    *,
    on_wait: Callable[[Holder], object] = lambda _: None,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[None]:
    """Be the only run in this home folder; the same thread may ask again.

    Args:
        home: the home folder.
        who: what to tell whoever comes second.
        wait_seconds: how long to wait for a run that is at work.
        on_wait: is told once whom we wait for.
        monotonic: a clock in seconds.
        sleep: how to wait.

    Raises:
        RunLockedError: another run still holds the lock; the sentence says which, and since when.
    """
    key = home.run_lock.absolute()
    if _held_by.get(key) == threading.get_ident():
        yield
        return
    home.root.mkdir(parents=True, exist_ok=True)
    with _opened(home.run_lock) as file:
        _take(file, home, _Patience(wait_seconds, on_wait, monotonic, sleep))
        _write_holder(file, Holder(who, os.getpid(), datetime.now(UTC)))
        _held_by[key] = threading.get_ident()
        try:
            yield
        finally:
            del _held_by[key]
            file.truncate(0)


def find_holder(home: Home) -> Holder | None:
    """Who is at work in this home folder; None when nobody is. The lock is looked at, never taken away."""
    try:
        file = home.run_lock.open("r", encoding="utf-8")
    except FileNotFoundError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read_holder(file)
    return None


def _opened(path: Path) -> TextIO:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")


def _take(file: TextIO, home: Home, patience: _Patience) -> None:
    # Whoever looks who holds the lock has a share in it for a moment.
    until = patience.monotonic() + max(patience.seconds, _LOOK_SECONDS)
    is_told = False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _read_holder(file)
            if patience.monotonic() >= until:
                raise RunLockedError(
                    f"Another run is at work in {home.root}: {holder}. Wait for it to end, or stop it."
                ) from None
            if not is_told and patience.seconds > _LOOK_SECONDS:
                patience.on_wait(holder)
                is_told = True
            patience.sleep(_LOOK_SECONDS)
        else:
            return


def _read_holder(file: TextIO) -> Holder:
    file.seek(0)
    try:
        values = json.loads(file.read())
        return Holder(values["who"], values["process"], datetime.fromisoformat(values["since"]))
    except (ValueError, KeyError):
        # Between taking the lock and writing its name there is a moment without a name.
        return Holder("a run that has just begun", 0, datetime.now(UTC))


def _write_holder(file: TextIO, holder: Holder) -> None:
    file.seek(0)
    file.truncate(0)
    json.dump({"who": holder.who, "process": holder.process, "since": holder.since.isoformat()}, file)
    file.flush()
