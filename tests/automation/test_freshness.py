"""How fresh an asset is, as Dagster's daemon judges it, after the clock has moved."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._core.definitions.freshness import FreshnessState
from dagster._core.definitions.freshness_evaluator import FRESHNESS_EVALUATORS_BY_POLICY_TYPE
from dagster._core.loader import LoadingContextForTest
from dagster._core.test_utils import freeze_time

from pipelines.automation.freshness import (
    PUBLICATION,
    freshness_policies,
    overdue_assets,
    stay_fresh,
    with_freshness,
)
from pipelines.home import Home
from pipelines.settings import load_settings

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
PROFILE = dg.AssetKey(["declarations", "bggz"])


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path), {"telemetry": {"enabled": False}}) as instance:
        yield instance


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path / "home")
    place.make()
    place.settings_file.write_text(
        "[freshness]\ndeclarations_warn_days = 10\ndeclarations_fail_days = 20\n", encoding="utf-8"
    )
    return place


def state_of(instance: dg.DagsterInstance, home: Home, key: dg.AssetKey, now: datetime) -> FreshnessState:
    """What the daemon's own evaluator says of an asset at a moment."""

    @dg.asset(key=key)
    def asset() -> None:
        """Stands for ours."""

    policies = freshness_policies(load_settings(home.settings_file).freshness, ("bggz",))
    definitions = dg.Definitions(assets=with_freshness([asset], policies))
    node = definitions.resolve_asset_graph().get(key)
    evaluator = FRESHNESS_EVALUATORS_BY_POLICY_TYPE[type(policies[key])]()
    with freeze_time(now):
        return asyncio.run(evaluator.evaluate_freshness(context=LoadingContextForTest(instance), node=node))


def at(day: str, hour: int, minute: int = 0) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=AMSTERDAM)


def arrive(instance: dg.DagsterInstance, key: dg.AssetKey, moment: datetime) -> None:
    with freeze_time(moment):
        instance.report_runless_asset_event(dg.AssetMaterialization(key))


@pytest.mark.parametrize(
    ("days", "state"), [(9, FreshnessState.PASS), (10, FreshnessState.WARN), (20, FreshnessState.FAIL)]
)
def test_profile_goes_overdue_in_the_windows_of_the_settings(
    instance: dg.DagsterInstance, home: Home, days: int, state: FreshnessState
) -> None:
    arrived = at("2026-11-01", 3, 40)
    arrive(instance, PROFILE, arrived)

    now = arrived + timedelta(days=days, minutes=1)

    assert state_of(instance, home, PROFILE, now) is state
    assert set(overdue_assets(instance, home, now)) == ({"declarations/bggz"} if days >= 10 else set())


def test_profile_that_never_came_is_unknown_and_not_overdue(instance: dg.DagsterInstance, home: Home) -> None:
    now = datetime.now(UTC)

    assert state_of(instance, home, PROFILE, now) is FreshnessState.UNKNOWN
    assert overdue_assets(instance, home, now) == {}


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-11-23"])
def test_publication_of_the_night_is_fresh_from_seven_to_seven_also_when_the_clock_changes(
    instance: dg.DagsterInstance, home: Home, day: str
) -> None:
    arrive(instance, PUBLICATION, at(day, 3, 40))
    next_day = (datetime.fromisoformat(day) + timedelta(days=1)).date().isoformat()

    assert state_of(instance, home, PUBLICATION, at(day, 7, 1)) is FreshnessState.PASS
    assert state_of(instance, home, PUBLICATION, at(next_day, 6, 59)) is FreshnessState.PASS
    assert state_of(instance, home, PUBLICATION, at(next_day, 7, 1)) is FreshnessState.FAIL


def test_night_that_had_nothing_to_do_keeps_the_publication_fresh(instance: dg.DagsterInstance, home: Home) -> None:
    arrive(instance, PUBLICATION, at("2026-11-22", 3, 40))
    with freeze_time(at("2026-11-23", 3, 30)):
        stay_fresh(instance, "Nothing new.")

    assert state_of(instance, home, PUBLICATION, at("2026-11-23", 7, 1)) is FreshnessState.PASS


def test_observation_does_not_make_fresh(instance: dg.DagsterInstance, home: Home) -> None:
    """Why a night without news has to materialise: the daemon looks at nothing else."""
    arrive(instance, PUBLICATION, at("2026-11-22", 3, 40))
    with freeze_time(at("2026-11-23", 3, 30)):
        instance.report_runless_asset_event(dg.AssetObservation(PUBLICATION))

    assert state_of(instance, home, PUBLICATION, at("2026-11-23", 7, 1)) is FreshnessState.FAIL
