"""The night: when it begins, what it skips, and that a skipped night leaves the publication fresh."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from pipelines import lake
from pipelines.automation import nightly_schedule
from pipelines.automation.freshness import PUBLICATION
from pipelines.home import Home
from pipelines.pseudonyms import load_pseudonyms
from pipelines.publication.standing import remember
from pipelines.reference import load
from pipelines.run_lock import hold
from tests.cases.deployment import Deployment

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path), {"telemetry": {"enabled": False}}) as instance:
        yield instance


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose warehouse went live a moment ago, with an empty inbox."""
    place = Home(Deployment.new(tmp_path / "home").home)
    place.make()
    with lake.locked(place):
        lake.ensure_schemas(place)
    load(place, load_pseudonyms(place.pseudonym_key, {}))
    place.warehouse.write_bytes(b"warehouse")
    remember(place)
    return place


def evaluate(home: Home, instance: dg.DagsterInstance) -> dg.ScheduleExecutionData | object:
    context = dg.build_schedule_context(instance=instance, resources={"place": home})
    return nightly_schedule(context)


@pytest.mark.parametrize("day", ["2026-03-28", "2026-03-29", "2026-03-30", "2026-10-24", "2026-10-25", "2026-10-26"])
def test_night_begins_once_at_half_past_three_also_when_the_clock_changes(day: str) -> None:
    midnight = datetime.fromisoformat(day).replace(tzinfo=AMSTERDAM)
    # What the daemon asks for its ticks.
    ticks = schedule_execution_time_iterator(
        midnight.timestamp(), nightly_schedule.cron_schedule, nightly_schedule.execution_timezone
    )
    on_day = []
    for tick in ticks:
        local = tick.astimezone(AMSTERDAM)
        if local.date() != midnight.date():
            break
        on_day.append(f"{local:%H:%M}")

    assert on_day == ["03:30"]


def test_night_with_a_new_file_asks_for_a_run(home: Home, instance: dg.DagsterInstance) -> None:
    (home.inbox / "new.xml").write_bytes(b"<a/>")

    assert isinstance(evaluate(home, instance), dg.RunRequest)
    assert instance.get_latest_materialization_event(PUBLICATION) is None


def test_night_without_news_is_skipped_and_leaves_the_publication_fresh(
    home: Home, instance: dg.DagsterInstance
) -> None:
    began = datetime.now(UTC).timestamp()

    skipped = evaluate(home, instance)

    assert isinstance(skipped, dg.SkipReason)
    assert "Nothing new" in (skipped.skip_message or "")
    event = instance.get_latest_materialization_event(PUBLICATION)
    assert event is not None
    assert event.timestamp >= began
    assert event.asset_materialization is not None
    assert event.asset_materialization.metadata["is_built_again"].value is False


def test_night_in_which_another_run_is_at_work_asks_for_a_run_that_waits(
    home: Home, instance: dg.DagsterInstance
) -> None:
    with hold(home, "'jeugdspiegel run'"):
        assert isinstance(evaluate(home, instance), dg.RunRequest)
