"""Puts the demo into a home folder, and never over anything else."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from demo.packing import DemoFile, pack
from demo.poh_files import poh_files
from demo.reference import reference_files
from demo.region import region_messages


class OwnFilesPresentError(Exception):
    """The inbox or the reference folder holds files that the demo did not write; nothing was written.

    Attributes:
        paths: those files, relative to the home folder, in order.
    """

    def __init__(self, paths: tuple[str, ...]) -> None:
        others = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        super().__init__(
            f"The demo was not written, because {paths[0]}{others} is not the demo's; use an empty --home."
        )
        self.paths = paths


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What ``write_demo`` did.

    Attributes:
        messages: messages in the deliveries, the one that is delivered twice counted once.
        files, tables: files below inbox/ and below reference/.
        written: how many of them were not there yet.
        size_bytes: their size on disk.
    """

    messages: int
    files: int
    tables: int
    written: int
    size_bytes: int


def write_demo(home: Path) -> DemoSummary:
    """Writes the demo's deliveries into ``inbox/`` and its tables into ``reference/``.

    The same call gives the same bytes and modification times; a second call writes only what is missing.

    Raises:
        OwnFilesPresentError: either folder holds a file that the demo would not write, or holds it with other content.
    """
    messages, deliveries = _deliveries()
    tables = reference_files()
    files = (*deliveries, *tables)
    _refuse_own_files(home, files)
    missing = [file for file in files if not (home / file.path).exists()]
    for file in missing:
        _write(home / file.path, file)
    size = sum(len(file.content) for file in files)
    return DemoSummary(messages, len(deliveries), len(tables), len(missing), size)


@cache
def _deliveries() -> tuple[int, tuple[DemoFile, ...]]:
    """How many messages, and the files that hold them: the same on every call, and a few seconds' work."""
    messages = region_messages()
    return len(messages), (*pack(messages), *poh_files())


def _refuse_own_files(home: Path, files: Iterable[DemoFile]) -> None:
    expected = {file.path.as_posix(): file.content for file in files}
    found = [*(home / "inbox").rglob("*"), *(home / "reference").glob("*.csv")]
    names = sorted(p.relative_to(home).as_posix() for p in found if not p.is_dir() and not _is_left_over(p))
    own = tuple(name for name in names if name not in expected or (home / name).read_bytes() != expected[name])
    if own:
        raise OwnFilesPresentError(own)


def _is_left_over(path: Path) -> bool:
    """A file that a killed call was writing."""
    return path.name.startswith(".") and path.name.endswith(".part")


def _write(path: Path, file: DemoFile) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    # 0600: deliveries hold BSNs, also where they are synthetic
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
        handle.write(file.content)
        handle.flush()
        os.fsync(handle.fileno())
    seconds = file.modified_at.timestamp()
    os.utime(beside, (seconds, seconds))
    beside.replace(path)
