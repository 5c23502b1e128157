"""Going live: the audited candidate becomes the publication that everyone reads, by one rename.

Belongs here: the last step. Does not belong here: what the tables mean (``dbt_project/``), which cells are hidden
(``pipelines/disclosure/``), and when it runs (``pipelines/assets/``).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.home import Home
from pipelines.parquet import sync_folder
from pipelines.publication import audit, manifest, shelf
from pipelines.publication.candidate import check_replaceable, clear_candidate, count_rows, wal_of
from pipelines.publication.errors import PublicationError, os_errors_of
from pipelines.publication.shelf import discard_earlier, kept, roll_back

__all__ = [
    "PublicationError",
    "Published",
    "check_replaceable",
    "clear_candidate",
    "count_rows",
    "discard_earlier",
    "kept",
    "publish",
    "roll_back",
]

_FOR_EVERYONE = (0o755, 0o644)
_FOR_ITS_OWNER = 0o600


@dataclass(frozen=True)
class Published:
    """What went live.

    Attributes:
        path: the warehouse.
        rows: rows per ``schema.table``, of the schemas that people read.
        bytes: size of the warehouse.
        name: the publication's name.
        folder: what everyone may read.
        removed: names of the publications that made way.
    """

    path: Path
    rows: dict[str, int]
    bytes: int
    name: str
    folder: Path
    removed: tuple[str, ...]


def publish(home: Home, keep: int, now: datetime | None = None) -> Published:
    """Put the candidate live: on disk, with its rights, in one rename.

    A reader that has a file of the old publication open goes on reading it; whoever opens one next gets the new one.

    Args:
        keep: so many publications are kept.
        now: when it goes live (UTC); default: the clock.

    Raises:
        PublicationError: there is no candidate, it did not pass its audit, or the warehouse is locked or cannot be
            replaced.
    """
    folder = home.candidate.parent
    if not home.candidate.exists():
        raise PublicationError(f"{home.candidate} is not there: the models were not built. Run the whole job.")
    outcome = audit.of_candidate(home)
    if outcome is None or not home.staged.exists():
        raise PublicationError(f"{home.candidate} was not protected and audited: run the whole job.")
    if outcome.breaches:
        raise PublicationError(outcome.sentence)
    check_replaceable(home)
    rows = count_rows(home.candidate)
    wal_of(home.candidate).unlink(missing_ok=True)
    with shelf.locked(home), os_errors_of(home.publications):
        published_at = now or datetime.now(UTC)
        name = shelf.next_name(home, manifest.figures_digest(home.staged), published_at)
        manifest.write(
            folder,
            home.staged,
            name=name,
            published_at=published_at,
            previous=shelf.current_name(home),
            rows=rows,
            warehouse=home.candidate,
            accepted_drift=[breach.sentence for breach in outcome.accepted],
        )
        _finish(folder, home.staged)
        shelf.put_live(home, name)
        removed = shelf.prune(home, keep)
    return Published(
        path=home.warehouse,
        rows=rows,
        bytes=home.warehouse.stat().st_size,
        name=name,
        folder=home.published,
        removed=removed,
    )


def _finish(folder: Path, published: Path) -> None:
    """Give every file its rights, whatever the umask, and have it on disk before anything points to it."""
    open_folder, open_file = _FOR_EVERYONE
    for place, _, files in os.walk(folder, topdown=False):
        path = Path(place)
        is_open = path.is_relative_to(published)
        for file in files:
            (path / file).chmod(open_file if is_open else _FOR_ITS_OWNER)
            _sync_file(path / file)
        # The way to what is published leads through the publication's own folder.
        path.chmod(open_folder)
        sync_folder(path)


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
