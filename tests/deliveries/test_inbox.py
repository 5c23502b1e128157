"""Which files of the inbox are ready."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.deliveries import InboxScan, has_files, is_unchanged, scan_inbox

NOW = 1_800_000_000.0


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def _put(path: Path, data: bytes = b"x", age: float = 3600.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (NOW - age, NOW - age))
    return path


def _scan(inbox: Path, settle_seconds: float = 0.0, meanwhile: Callable[[], object] = lambda: None) -> InboxScan:
    return scan_inbox(inbox, settle_seconds, now=lambda: NOW, sleep=lambda _seconds: meanwhile())


def test_files_come_in_order_of_name_from_any_folder(inbox: Path) -> None:
    for name in ("z.xml", "a/z.csv", "b c/d/é.zip", "a.xml", "no ending"):
        _put(inbox / name, b"12345")
    found = _scan(inbox).ready
    assert [file.name for file in found] == ["a.xml", "a/z.csv", "b c/d/é.zip", "no ending", "z.xml"]
    assert (found[0].path, found[0].size) == (inbox / "a.xml", 5)


@pytest.mark.parametrize(
    "name",
    [
        ".hidden",
        ".folder/a.xml",
        "a.xml.part",
        "a.xml~",
        "~$book.xlsx",
        "a.TMP",
        "x.filepart",
        "Thumbs.db",
        "__MACOSX/a",
    ],
)
def test_hidden_and_temporary_files_are_ignored(inbox: Path, name: str) -> None:
    _put(inbox / name)
    assert _scan(inbox) == InboxScan((), ())


def test_link_that_leaves_the_inbox_is_ignored(inbox: Path, tmp_path: Path) -> None:
    outside = _put(tmp_path / "outside" / "secret.xml")
    _put(inbox / "a.xml")
    (inbox / "file.xml").symlink_to(outside)
    (inbox / "folder").symlink_to(outside.parent)
    (inbox / "broken.xml").symlink_to(inbox / "nothing")
    (inbox / "loop").symlink_to(inbox)
    (inbox / "inside.xml").symlink_to(inbox / "a.xml")
    assert [file.name for file in _scan(inbox).ready] == ["a.xml", "inside.xml"]


def test_pipe_is_ignored(inbox: Path) -> None:
    os.mkfifo(inbox / "pipe")
    assert _scan(inbox) == InboxScan((), ())


def test_inbox_that_does_not_exist_holds_nothing(tmp_path: Path) -> None:
    assert _scan(tmp_path / "nothing") == InboxScan((), ())


def test_file_that_grows_between_the_looks_is_left(inbox: Path) -> None:
    growing = _put(inbox / "growing.xml", age=1)
    _put(inbox / "still.xml")

    def write() -> None:
        with growing.open("ab") as file:
            file.write(b"more")
        os.utime(growing, (NOW - 1, NOW - 1))

    found = _scan(inbox, meanwhile=write)
    assert [file.name for file in found.ready] == ["still.xml"]
    assert [file.name for file in found.growing] == ["growing.xml"]


def test_file_that_is_touched_or_removed_between_the_looks_is_left(inbox: Path) -> None:
    touched, removed = _put(inbox / "touched.xml", age=1), _put(inbox / "removed.xml", age=1)

    def change() -> None:
        os.utime(touched, (NOW, NOW))
        removed.unlink()

    assert [file.name for file in _scan(inbox, meanwhile=change).growing] == ["removed.xml", "touched.xml"]


def test_file_younger_than_the_settle_time_is_left(inbox: Path) -> None:
    _put(inbox / "young.xml", age=9)
    _put(inbox / "old.xml", age=11)
    found = _scan(inbox, settle_seconds=10)
    assert ([file.name for file in found.ready], [file.name for file in found.growing]) == (["old.xml"], ["young.xml"])


def test_inbox_at_rest_is_not_waited_for(inbox: Path) -> None:
    _put(inbox / "old.xml")

    def fail() -> None:
        raise AssertionError("waited")

    assert len(_scan(inbox, meanwhile=fail).ready) == 1


def test_file_that_changed_since_the_scan_is_noticed(inbox: Path) -> None:
    path = _put(inbox / "a.xml")
    (file,) = _scan(inbox).ready
    assert is_unchanged(file)
    path.write_bytes(b"longer")
    assert not is_unchanged(file)


def test_inbox_with_only_hidden_files_has_none(inbox: Path) -> None:
    _put(inbox / ".hidden")
    assert not has_files(inbox)
    _put(inbox / "a" / "b.xml")
    assert has_files(inbox)
