"""The kept publications, and which of them is live.

A publication is a folder ``publications/<name>/``; the link ``current`` says which one is live, and replacing that one
link puts another live, whole. ``warehouse.duckdb`` and ``published`` are links through it that never change.

Belongs here: folders and links. Does not belong here: what is in a publication.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.home import Home
from pipelines.parquet import sync_folder
from pipelines.publication import manifest
from pipelines.publication.candidate import wal_of
from pipelines.publication.errors import PublicationError, os_errors_of

# Names sort as the publications went live.
_STAMP = "%Y%m%dT%H%M%S.%fZ"
_NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{8}")
_HIDDEN = "."
_LIVE = "live"


@dataclass(frozen=True)
class Kept:
    """One publication that was live once.

    Attributes:
        name: ``<UTC stamp>-<first eight digits of the digest of its figures>``.
        folder: where it lies.
        is_current: whether it is live now.
    """

    name: str
    folder: Path
    is_current: bool

    @property
    def published_at(self) -> datetime:
        """When it went live first (UTC)."""
        return _stamp_of(self.name)


@dataclass(frozen=True)
class RolledBack:
    """From which publication to which."""

    before: str
    now: str


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """One at a time changes what is live.

    Raises:
        PublicationError: another process is doing so.
    """
    with os_errors_of(home.publications):
        home.publications.mkdir(exist_ok=True)
        home.publications.chmod(0o755)
        file = os.open(home.publications / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PublicationError(
                f"{home.publications} is being changed by another process: wait for it to end."
            ) from None
        yield
    finally:
        os.close(file)


def current_name(home: Home) -> str | None:
    """Name of the live publication; None before the first."""
    return home.current.readlink().name if home.current.is_symlink() and home.current.exists() else None


def kept(home: Home) -> tuple[Kept, ...]:
    """The publications that were live once, oldest first; one that a killed run left beside them is not among them."""
    current = current_name(home)
    return tuple(
        Kept(folder.name, folder, folder.name == current)
        for folder in _folders(home)
        if folder.name == current or (folder / _LIVE).exists()
    )


def rolled_back_from(home: Home) -> str | None:
    """The newest publication, when an older one was put live in its place."""
    names = [publication.name for publication in kept(home)]
    return names[-1] if names and names[-1] != current_name(home) else None


def next_name(home: Home, digest: str, now: datetime) -> str:
    """A name that sorts after all that are there, also when the clock was turned back."""
    newest = max((_stamp_of(folder.name) for folder in _folders(home)), default=None)
    if newest is not None and now <= newest:
        now = newest + timedelta(microseconds=1)
    return f"{now.astimezone(UTC).strftime(_STAMP)}-{digest[:8]}"


def put_live(home: Home, name: str) -> None:
    """Make the candidate's folder the live publication ``name``. Everything in it is on disk already.

    A reader sees the old publication or the new one at any moment; a killed process leaves one of the two.
    """
    folder, before = home.publications / name, current_name(home)
    if before is not None:
        # A process killed right after it put that one live did not come to this.
        _mark_live(home.publications / before)
    home.candidate.parent.rename(folder)
    sync_folder(home.publications)
    _link_missing(home)
    _point_to(home, folder)
    _mark_live(folder)
    _link_existing(home)


def roll_back(home: Home, to: str | None = None) -> RolledBack:
    """Put an earlier publication live again: the one that was live before, or the one that is named.

    Raises:
        PublicationError: there is none, it is not whole, or links cannot be written.
    """
    with locked(home), os_errors_of(home.current):
        publications = {publication.name: publication for publication in kept(home)}
        now = current_name(home)
        if now is None:
            raise PublicationError(f"Nothing was published in {home.root} yet: there is nothing to go back to.")
        target = _before(publications, now) if to is None else publications.get(to)
        if target is None or target.name == now:
            others = ", ".join(name for name in publications if name != now) or "none"
            raise PublicationError(f"There is no such publication to go back to; kept besides the live one: {others}.")
        damaged = manifest.first_damaged(target.folder)
        if damaged:
            raise PublicationError(f"{target.folder} is not whole: {damaged} is not what was published.")
        # What somebody wrote into an exact publication afterwards is no part of it.
        wal_of(target.folder / home.warehouse.name).unlink(missing_ok=True)
        _mark_live(publications[now].folder)
        _point_to(home, target.folder)
        _link_missing(home)
        return RolledBack(before=now, now=target.name)


def prune(home: Home, keep: int) -> tuple[str, ...]:
    """Remove all but ``keep`` publications, first those longest out of use; returns the names that went.

    The live one stays, then those that were live before it, then the newest. What a killed run left goes too.
    """
    publications = {publication.name: publication for publication in kept(home)}
    name = current_name(home)
    order: list[str] = []
    while name is not None and name in publications and name not in order:
        order.append(name)
        name = manifest.previous_of(publications[name].folder)
    order += sorted(publications.keys() - set(order), reverse=True)
    return _remove(home, [folder for folder in _folders(home) if folder.name not in order[:keep]])


def discard_earlier(home: Home) -> tuple[str, ...]:
    """Remove every kept publication but the live one; returns their names.

    Raises:
        PublicationError: another process is changing what is live, or they cannot be removed.
    """
    with locked(home), os_errors_of(home.publications):
        return _remove(home, [folder for folder in _folders(home) if folder.name != current_name(home)])


def _remove(home: Home, folders: Sequence[Path]) -> tuple[str, ...]:
    for folder in folders:
        # Out of sight first: what is half removed is no publication.
        folder.rename(folder.with_name(f"{_HIDDEN}{folder.name}"))
    for hidden in home.publications.glob(f"{_HIDDEN}*/"):
        shutil.rmtree(hidden)
    return tuple(folder.name for folder in folders)


def _before(publications: dict[str, Kept], now: str) -> Kept | None:
    """What was live before; where that is gone, the next older one."""
    previous = manifest.previous_of(publications[now].folder)
    if previous in publications:
        return publications[previous]
    older = [name for name in publications if name < now]
    return publications[older[-1]] if older else None


def _folders(home: Home) -> list[Path]:
    if not home.publications.is_dir():
        return []
    return sorted(path for path in home.publications.iterdir() if path.is_dir() and _NAME.fullmatch(path.name))


def _stamp_of(name: str) -> datetime:
    return datetime.strptime(name.rpartition("-")[0], _STAMP).replace(tzinfo=UTC)


def _mark_live(folder: Path) -> None:
    (folder / _LIVE).touch(mode=0o600)
    sync_folder(folder)


def _point_to(home: Home, folder: Path) -> None:
    if home.current.is_dir() and not home.current.is_symlink():
        _move_aside(home.current)
    _replace_by_link(home.current, folder.relative_to(home.root))


def _link_missing(home: Home) -> None:
    for link, target in _constant_links(home):
        if not os.path.lexists(link):
            _replace_by_link(link, target)


def _link_existing(home: Home) -> None:
    """A home of before publications were kept has a file and a folder of its own in the links' places."""
    for link, target in _constant_links(home):
        if link.is_symlink() and link.readlink() == target:
            continue
        if link.is_dir() and not link.is_symlink():
            _move_aside(link)
        _replace_by_link(link, target)
    # A log that a crashed writer left beside the old file belongs to no publication.
    wal_of(home.warehouse).unlink(missing_ok=True)


def _constant_links(home: Home) -> tuple[tuple[Path, Path], ...]:
    return tuple((link, Path(home.current.name) / link.name) for link in (home.warehouse, home.published))


def _replace_by_link(link: Path, target: Path) -> None:
    beside = link.with_name(f".{link.name}.linking")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(link)
    sync_folder(link.parent)


def _move_aside(folder: Path) -> None:
    """What a person put in a folder of ours stays, under another name; an empty folder goes."""
    if not any(folder.iterdir()):
        folder.rmdir()
        return
    aside = next(
        path for number in range(1, 1000) if not (path := folder.with_name(f"{folder.name}.before.{number}")).exists()
    )
    folder.rename(aside)
