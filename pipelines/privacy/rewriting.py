"""Many files of the lake replaced as one: after a kill at any moment either all of them are old or all are new.

New versions are written beside, a plan names them, and only then are they put in place. The plan's rename is the
moment at which they hold; where a key changes along with them, that is the rename of the key instead, so that lake and
key cannot disagree. Whoever locks the lake next finishes what was decided, or removes what was not.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.home import Home
from pipelines.parquet import sync_folder, write_parquet
from pipelines.pseudonyms import NextKey, fingerprint_in

_PLAN = "plan.json"


class Rewriting:
    """New versions of files of the lake; nobody sees them before ``commit``. Use it inside ``lake.locked``."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._folder = _folder(home)
        self._replacing: list[tuple[str, str]] = []
        self._removing: list[str] = []
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(mode=0o700)

    def write(self, frame: pl.DataFrame, path: Path) -> None:
        """Stage a Parquet file."""
        write_parquet(frame, self._staged(path))

    def write_text(self, text: str, path: Path) -> None:
        """Stage a small text file."""
        _write_synced(text, self._staged(path))

    def remove(self, path: Path) -> None:
        """Stage a removal."""
        self._removing.append(self._relative(path))

    def commit(self, key: NextKey | None = None, environment: MutableMapping[str, str] | None = None) -> None:
        """Decide, and put everything in place.

        Args:
            key: a key that comes into force with the new files.
            environment: this process's environment, which may hold the key.
        """
        plan: dict[str, Any] = {"replace": self._replacing, "remove": self._removing, "key": None}
        if key is not None:
            plan["key"] = {
                "fingerprint": key.pseudonyms.fingerprint,
                "file": str(key.target),
                "staged": str(key.staged),
            }
        _write_plan(self._folder, plan)
        if key is not None:
            key.adopt(environment if environment is not None else {})
        _apply(self._home, plan)

    def _staged(self, path: Path) -> Path:
        staged = self._folder / f"{len(self._replacing):06}{path.suffix}"
        self._replacing.append((staged.name, self._relative(path)))
        return staged

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._home.lake).as_posix()


def finish(home: Home) -> None:
    """Finish a rewriting that was decided when it was killed; remove one that was not. Call it inside the lock."""
    folder = _folder(home)
    if not folder.exists():
        return
    try:
        plan = json.loads((folder / _PLAN).read_text(encoding="utf-8"))
    except FileNotFoundError:
        shutil.rmtree(folder)
        return
    key = plan["key"]
    if key and not plan.get("applying") and fingerprint_in(Path(key["file"])) != key["fingerprint"]:
        Path(key["staged"]).unlink(missing_ok=True)
        shutil.rmtree(folder)
        return
    _apply(home, plan)


def _apply(home: Home, plan: dict[str, Any]) -> None:
    folder = _folder(home)
    if plan["key"] and not plan.get("applying"):
        # From here on the key's file may be taken away: what is half in place can only go forward.
        plan = {**plan, "applying": True}
        _write_plan(folder, plan)
    touched = set()
    for staged, relative in plan["replace"]:
        target = home.lake / relative
        if (folder / staged).exists():
            (folder / staged).replace(target)
            touched.add(target.parent)
    for relative in plan["remove"]:
        (home.lake / relative).unlink(missing_ok=True)
        touched.add((home.lake / relative).parent)
    for parent in sorted(touched):
        sync_folder(parent)
    # The plan goes first: without it the rest is rubbish, with it the rest is missing.
    (folder / _PLAN).unlink()
    shutil.rmtree(folder)


def _folder(home: Home) -> Path:
    return home.lake / ".rewriting"


def _write_plan(folder: Path, plan: dict[str, Any]) -> None:
    _write_synced(json.dumps(plan), folder / f".{_PLAN}")
    (folder / f".{_PLAN}").replace(folder / _PLAN)
    sync_folder(folder)
    sync_folder(folder.parent)


def _write_synced(text: str, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
