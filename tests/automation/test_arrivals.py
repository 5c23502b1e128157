"""The sensor for new files: off by default, and patient."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from pipelines import lake
from pipelines.automation import new_files
from pipelines.automation.arrivals import Watched, watch
from pipelines.deliveries import InboxFile
from pipelines.home import Home

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FILE = InboxFile(Path("a.xml"), "a.xml", 10, 1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path)
    place.make()
    with lake.locked(place):
        lake.ensure_schemas(place)
    return place


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that a test moves."""
    now = [datetime(2026, 3, 1, 12, tzinfo=AMSTERDAM).timestamp()]
    monkeypatch.setattr("pipelines.automation.arrivals.time.time", lambda: now[0])
    return now


def deliver(home: Home, text: str = "<a/>") -> None:
    path = home.inbox / "a.xml"
    path.write_text(text, encoding="utf-8")
    # Old enough for the look at the inbox not to wait for it.
    os.utime(path, (1_000_000, 1_000_000))


def evaluate(home: Home, cursor: str | None) -> dg.SensorResult:
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, cursor=cursor, resources={"place": home})
        result = new_files(context)
    assert isinstance(result, dg.SensorResult)
    return result


def test_sensor_is_off_by_default() -> None:
    assert new_files.default_status is dg.DefaultSensorStatus.STOPPED


def test_empty_inbox_starts_nothing(home: Home) -> None:
    assert not evaluate(home, None).run_requests


def test_files_that_rested_for_five_minutes_start_one_run(home: Home, clock: list[float]) -> None:
    deliver(home)
    first = evaluate(home, None)
    clock[0] += 299
    second = evaluate(home, first.cursor)
    clock[0] += 1
    third = evaluate(home, second.cursor)
    clock[0] += 60
    fourth = evaluate(home, third.cursor)

    assert not first.run_requests
    assert not second.run_requests
    assert third.run_requests is not None
    assert fourth.run_requests is not None
    # Dagster starts one run per key.
    assert len({request.run_key for request in [*third.run_requests, *fourth.run_requests]}) == 1


def test_file_that_changes_begins_to_rest_again(home: Home, clock: list[float]) -> None:
    deliver(home)
    cursor = evaluate(home, None).cursor
    clock[0] += 299
    deliver(home, "<a>longer</a>")
    cursor = evaluate(home, cursor).cursor
    clock[0] += 299

    assert not evaluate(home, cursor).run_requests


@pytest.mark.parametrize("night", ["2026-03-29", "2026-10-25"])
def test_rest_is_measured_in_elapsed_time_when_the_clock_changes(night: str) -> None:
    """From 01:58 to 03:02 the wall clock jumps; four minutes are four minutes."""
    before = datetime.fromisoformat(f"{night}T01:58").replace(tzinfo=AMSTERDAM).timestamp()
    watched = watch(None, [FILE], before)

    later = watch(watched, [FILE], before + timedelta(minutes=4).total_seconds())

    assert later == Watched(watched.files, before)
