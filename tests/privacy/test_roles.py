"""Who may open what: rights of files and folders, whatever the umask of whoever runs it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pipelines.home import Home


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def others_reach(home: Path) -> set[str]:
    """Files that somebody else could open: readable themselves, in folders that can be passed."""
    found = set()
    for folder, folders, names in os.walk(home):
        folders[:] = [
            name for name in folders if mode(Path(folder, name)) & 0o055 and not Path(folder, name).is_symlink()
        ]
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink() and mode(path) & 0o044:
                found.add(path.relative_to(home).as_posix())
    return found


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_folders_are_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        home = Home(tmp_path / "home")
        home.make()
    finally:
        os.umask(before)

    assert mode(home.root) == 0o755
    private = (home.secrets, home.lake, home.quarantine, home.dagster, home.dbt, home.scratch, home.vintages)
    assert {mode(folder) for folder in (*private, home.inbox, home.reference)} == {0o700}


def test_folder_that_was_open_is_closed_and_the_inbox_is_left_as_it_was_set(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for folder in (home.lake, home.inbox):
        folder.mkdir()
        folder.chmod(0o775)

    home.make()

    assert (mode(home.lake), mode(home.inbox)) == (0o700, 0o775)


def test_others_reach_published_files_and_nothing_else(demo_home: Path) -> None:
    home = Home(demo_home)

    reached = others_reach(demo_home)

    # The inbox and the reference tables of the demo are written before there is a home: they are the user's own.
    own = {name for name in reached if name.split("/")[0] in ("inbox", "reference", "run.lock", "metrics")}
    assert {name for name in reached - own if "/published/" not in f"/{name}"} == set()
    assert mode(home.pseudonym_key) == 0o600
    assert mode(home.secrets) == 0o700
    assert mode(home.warehouse) == 0o600
