"""Nothing personal gets out of the inbox: not from a good night, not from one that crashes, not into a log.

Every file below the home folder but the inbox, and the reference tables that the deployment itself keeps, is decoded
and searched for every marker of ``scene``, and so is what was printed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines import nightly
from pipelines.cli import run_command
from pipelines.home import Home
from tests.privacy import scene
from tests.privacy.searching import search, search_bytes

MARKERS = scene.markers()


@dataclass(frozen=True)
class Night:
    """A night over the scene: its home, its exit code, and everything that it printed or logged."""

    home: Home
    code: int
    printed: bytes

    def leaks(self) -> set[tuple[str, str]]:
        """(marker, file) of everything that got out; ``printed`` for the terminal."""
        found = search(self.home.root, MARKERS, [self.home.inbox, self.home.reference])
        return found | {(marker, "printed") for marker in search_bytes(self.printed, MARKERS)}


@pytest.fixture
def everything_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Dagster's and Python's loggers say all that they can."""
    monkeypatch.setattr(nightly, "_run_config", _chatty(nightly._run_config))
    caplog.set_level(logging.DEBUG)
    return caplog


def _chatty(run_config):
    def chatty(*arguments: object, **named: object) -> dict[str, object]:
        config = dict(run_config(*arguments, **named))
        return {**config, "loggers": {"console": {"config": {"log_level": "DEBUG"}}}}

    return chatty


def _night(home: Home, capture: pytest.CaptureFixture[str], log: pytest.LogCaptureFixture, *verb: str) -> Night:
    code = run_command([*(verb or ("run", "--verbose")), "--home", str(home.root)])
    told = capture.readouterr()
    return Night(home, code, "\n".join((told.out, told.err, log.text)).encode("utf-8", "replace"))


def test_every_marker_is_in_the_inbox_or_the_reference_tables(tmp_path: Path) -> None:
    home = scene.fill(tmp_path / "home")

    assert {marker for marker, _ in search(home.root, MARKERS)} == {marker.name for marker in MARKERS}


def test_night_with_every_log_on_lets_nothing_out(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], everything_logged: pytest.LogCaptureFixture
) -> None:
    home = scene.fill(tmp_path / "home")

    night = _night(home, capfd, everything_logged)

    assert night.code == 0, night.printed.decode()
    assert night.leaks() == set()
    assert b"DEBUG" in night.printed
    assert list(home.scratch.iterdir()) == []
    for verb in (("status",), ("erase", "--help"), ("forget", f"{scene.CHILD.name} {scene.CHILD.bsn}.xlsx")):
        assert _night(home, capfd, everything_logged, *verb).leaks() in (
            set(),
            {("bsn 0", "printed"), ("name 0", "printed")},
        )
