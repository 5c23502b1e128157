"""Which files of the inbox are ready to be read. Nothing here opens a file, and nothing writes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_TEMPORARY_ENDINGS = ("~", ".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".download", ".swp")
_SYSTEM_NAMES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
# A writer touches its file all the time: one that rested this long is not being written, so no run waits for it.
_RESTED_SECONDS = 60.0


@dataclass(frozen=True)
class InboxFile:
    """A file as it was when we looked.

    Attributes:
        path: where it is.
        name: path relative to the inbox, with forward slashes.
        size: bytes.
        modified_ns: modification time, nanoseconds since 1970.
    """

    path: Path
    name: str
    size: int
    modified_ns: int


@dataclass(frozen=True)
class InboxScan:
    """What an inbox holds, each in order of name.

    Attributes:
        ready: files to read.
        growing: files that are still being written: left for the next run.
    """

    ready: tuple[InboxFile, ...]
    growing: tuple[InboxFile, ...]


def scan_inbox(
    inbox: Path,
    settle_seconds: float = 0.0,
    *,
    look_again_seconds: float = 0.5,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], object] = time.sleep,
) -> InboxScan:
    """The files of an inbox, in any sub-folder and under any name.

    Hidden and temporary files are ignored, and so are symbolic links that leave the inbox. A file is looked at twice:
    when its size or modification time changed in between, or it is younger than ``settle_seconds``, it is left.

    Args:
        inbox: the folder; when it does not exist it holds nothing.
        settle_seconds: a file younger than this is left for the next run.
        look_again_seconds: time between the two looks, waited only when a file changed in the last minute.
        now: the time, in seconds since 1970.
        sleep: how to wait.
    """
    first = _look(inbox)
    if any(now() - file.modified_ns / 1e9 < _RESTED_SECONDS for file in first):
        sleep(look_again_seconds)
    ready: list[InboxFile] = []
    growing: list[InboxFile] = []
    for file in first:
        is_young = settle_seconds > 0 and now() - file.modified_ns / 1e9 < settle_seconds
        (growing if is_young or not is_unchanged(file) else ready).append(file)
    return InboxScan(tuple(ready), tuple(growing))


def has_files(inbox: Path) -> bool:
    """Whether the inbox holds any file that a run would look at."""
    return next(_files(inbox), None) is not None


def is_unchanged(file: InboxFile) -> bool:
    """Whether the file still has the size and the modification time that it had."""
    try:
        state = file.path.stat()
    except OSError:
        return False
    return (state.st_size, state.st_mtime_ns) == (file.size, file.modified_ns)


def is_ignored(name: str) -> bool:
    """Whether any part of a relative path is hidden, temporary, or of the operating system."""
    return any(_is_ignored_part(part.lower()) for part in PurePosixPath(name).parts)


def _is_ignored_part(part: str) -> bool:
    is_hidden = part.startswith((".", "~$")) and part != ".."
    return is_hidden or part.endswith(_TEMPORARY_ENDINGS) or part in _SYSTEM_NAMES


def _look(inbox: Path) -> list[InboxFile]:
    return sorted(_files(inbox), key=lambda file: file.name)


def _files(inbox: Path) -> Iterator[InboxFile]:
    home = inbox.resolve()
    for folder, folders, names in os.walk(inbox):
        folders[:] = [name for name in folders if not is_ignored(name)]
        for name in names:
            path = Path(folder, name)
            if is_ignored(name) or not path.is_file() or not path.resolve().is_relative_to(home):
                continue
            state = path.stat()
            yield InboxFile(path, path.relative_to(inbox).as_posix(), state.st_size, state.st_mtime_ns)
