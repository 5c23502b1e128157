"""Nothing personal gets out of the inbox: not from a night that crashes, not from a good one, not into a log, and not
when the key is rotated or a child erased.

Every file below the home folder but the inbox, and the reference tables that the deployment itself keeps, is decoded
and searched for every marker of ``scene``, and so is what was printed and logged.
"""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines import nightly
from pipelines.cli import run_command
from pipelines.home import Home
from tests.cases.deployment import allocation
from tests.privacy import scene
from tests.privacy.homes import key_of, take_in
from tests.privacy.searching import Marker, search, search_bytes, text_marker

MARKERS = scene.markers()


def leaks(home: Home, printed: str, markers: list[Marker] | None = None) -> set[tuple[str, str]]:
    """(marker, file) of everything that got out; ``printed`` for the terminal and the loggers."""
    wanted = MARKERS if markers is None else markers
    found = search(home.root, wanted, [home.inbox, home.reference])
    return found | {(marker, "printed") for marker in search_bytes(printed.encode("utf-8", "replace"), wanted)}


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Runs a command line with every logger at its most talkative; gives its exit code and all that it said."""
    plain = nightly._run_config

    def chatty(*arguments: Any, **named: Any) -> Mapping[str, object]:
        return {**plain(*arguments, **named), "loggers": {"console": {"config": {"log_level": "DEBUG"}}}}

    monkeypatch.setattr(nightly, "_run_config", chatty)
    caplog.set_level(logging.DEBUG)

    def run(*tokens: str) -> tuple[int, str]:
        caplog.clear()
        code = run_command(list(tokens))
        told = capfd.readouterr()
        return code, "\n".join((told.out, told.err, caplog.text))

    return run


def test_every_marker_is_in_the_inbox_or_the_reference_tables(tmp_path: Path) -> None:
    home = scene.fill(tmp_path / "home")

    assert {marker for marker, _ in search(home.root, MARKERS)} == {marker.name for marker in MARKERS}


def test_nothing_gets_out_of_a_crash_a_night_a_rotation_and_an_erasure(
    tmp_path: Path, command: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = scene.fill(tmp_path / "home")
    options = ("--home", str(home.root))

    with monkeypatch.context() as faulty:
        faulty.setattr("pipelines.assets.lake.ingest", _fail_with_values)
        code, printed = command("run", "--verbose", *options)
    assert code == 1
    assert "ValueError" in printed
    assert leaks(home, printed) == set()

    code, printed = command("run", "--verbose", *options)
    assert code == 0, printed
    assert "DEBUG" in printed
    assert leaks(home, printed) == set()
    assert list(home.scratch.iterdir()) == []
    assert "not_well_formed" in command("status", *options)[1]

    before = {person: key_of(home).client(person.bsn) for person in scene.PEOPLE}
    with monkeypatch.context() as without_build:
        # The warehouse is built once for the rotation and the erasure together.
        without_build.setattr("pipelines.commands.privacy.run_job", lambda *_, **__: 0)
        code, printed = command("rekey", *options)
    assert code == 0, printed
    assert home.pseudonym_key.read_text(encoding="ascii").split()[1] not in printed
    later = allocation(scene.AGB, "T9", 90).replace(b"999900006", scene.SIBLING.bsn.encode())
    (home.inbox / "later.xml").write_bytes(later)
    os.utime(home.inbox / "later.xml", (1_600_000_000, 1_600_000_000))
    take_in(home)

    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{scene.CHILD.bsn}\n"))
    code, printed = command("erase", *options)
    assert code == 0, printed
    assert leaks(home, printed) == set()
    assert "declaration.xml" in printed

    after = key_of(home)
    old = [text_marker(f"old {number}", key) for number, key in enumerate(before.values())]
    assert leaks(home, printed, old) == set()
    erased = [text_marker("erased", after.client(scene.CHILD.bsn))]
    assert leaks(home, printed, erased) == {("erased", "lake/erased.parquet")}
    assert len([path for path in home.publications.iterdir() if path.is_dir()]) == 1
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        sibling = connection.execute(
            "select count(*) from intermediate.int_allocations__accepted where is_version and client_key = ?",
            [after.client(scene.SIBLING.bsn)],
        ).fetchone()
        removed = connection.execute(
            "select sum(rows_removed), count(*) filter (where rows_removed > rows_accepted) from ops.deliveries"
        ).fetchone()
    # Delivered before the rotation, and after it.
    assert sibling == (2,)
    assert removed == (4, 0)


def _fail_with_values(*_: object, **__: object) -> None:
    child = scene.CHILD
    try:
        raise KeyError(f"{child.bsn} {child.name}")
    except KeyError as cause:
        raise ValueError(
            f"could not convert {child.bsn} of {child.name}, {child.birth_date}: {scene.REMARK}"
        ) from cause


def test_number_that_is_none_is_not_repeated(
    tmp_path: Path, command: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = scene.fill(tmp_path / "home")
    home.make()
    take_in(home)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{scene.WRONG.bsn}\n"))

    code, printed = command("erase", "--home", str(home.root))

    assert code == 2
    assert "not a BSN" in printed
    assert leaks(home, printed) == set()
