"""What the next publication must know of a loss that is meant: it passes the drift checks, and what it ends with it.

Written together with the loss itself, so that a night that fails in between leaves it to the next one.
Belongs here: that note. Does not belong here: the loss, and publishing.
"""

from __future__ import annotations

import json
from pathlib import Path

from pipelines.home import Home
from pipelines.parquet import sync_folder
from pipelines.privacy.rewriting import Rewriting


def note_loss(home: Home, rewriting: Rewriting, *, ends_earlier: bool) -> None:
    """Let a rewriting of the lake say that its loss is meant.

    Args:
        home: the home folder.
        rewriting: the rewriting, not committed yet.
        ends_earlier: earlier publications must go once the next one is live.
    """
    note = {"ends_earlier": ends_earlier or must_end_earlier(home)}
    rewriting.write_text(json.dumps(note), _path(home))


def is_loss_meant(home: Home) -> bool:
    """Whether the lake lost rows on purpose since the live publication."""
    return _path(home).exists()


def must_end_earlier(home: Home) -> bool:
    """Whether earlier publications hold what was taken away on purpose."""
    path = _path(home)
    return path.exists() and bool(json.loads(path.read_text(encoding="utf-8"))["ends_earlier"])


def settle(home: Home) -> None:
    """A publication without the loss is live, and earlier ones are gone where they must go."""
    _path(home).unlink(missing_ok=True)
    sync_folder(home.lake)


def _path(home: Home) -> Path:
    return home.lake / "loss_is_meant.json"
