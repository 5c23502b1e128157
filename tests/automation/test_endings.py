"""What Dagster says of a run that failed, as a sentence without values; and runs that lost their process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipelines.alerts import Ending
from pipelines.assets.guard import no_values_in_errors
from pipelines.assets.locked_home import locked_home
from pipelines.automation.endings import reason_of_failure, run_failed
from pipelines.automation.lost_runs import FOREGROUND, bury_lost_commands, bury_lost_runs, lost_runs
from pipelines.errors import ConfigurationError
from pipelines.home import Home
from pipelines.run_lock import find_holder, hold

SECRET = "999900006"


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path), {"telemetry": {"enabled": False}}) as instance:
        yield instance


def failure_of(instance: dg.DagsterInstance, error: Exception, *, is_guarded: bool = True) -> str:
    @dg.asset
    def step() -> None:
        if not is_guarded:
            raise error
        with no_values_in_errors():
            raise error

    result = dg.materialize([step], raise_on_error=False, instance=instance)
    (event,) = [event for event in result.all_events if event.event_type is dg.DagsterEventType.RUN_FAILURE]
    return reason_of_failure(event)


def test_our_own_sentence_is_told_with_its_step(instance: dg.DagsterInstance) -> None:
    said = failure_of(instance, ConfigurationError("gemeenten.csv, line 3: unknown code."))

    assert said == "step 'step': gemeenten.csv, line 3: unknown code."


@pytest.mark.parametrize("is_guarded", [True, False])
def test_text_of_any_other_error_is_not_told(instance: dg.DagsterInstance, is_guarded: bool) -> None:
    said = failure_of(instance, ValueError(SECRET), is_guarded=is_guarded)

    assert "ValueError" in said
    assert SECRET not in said


def test_blocking_check_is_told_by_its_name(instance: dg.DagsterInstance) -> None:
    @dg.asset(check_specs=[dg.AssetCheckSpec("drift", asset="protected", blocking=True)])
    def protected() -> dg.MaterializeResult:
        return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=False, check_name="drift")])

    result = dg.materialize([protected], raise_on_error=False, instance=instance)
    (event,) = [event for event in result.all_events if event.event_type is dg.DagsterEventType.RUN_FAILURE]

    assert reason_of_failure(event) == "step 'protected': protected: drift"


def test_run_that_finds_another_at_work_fails_naming_it(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")

    @dg.asset
    def step(home: dg.ResourceParam[Home]) -> None:
        pytest.fail("two runs at once")

    # The lock is another thread's: what holds it may ask again.
    with _held_elsewhere(home):
        result = dg.materialize(
            [step], raise_on_error=False, instance=instance, resources={"home": locked_home(home, 0)}
        )
    (event,) = [event for event in result.all_events if event.event_type is dg.DagsterEventType.RUN_FAILURE]

    assert "Another run is at work" in reason_of_failure(event)
    assert "'jeugdspiegel run' (process" in reason_of_failure(event)


def test_run_holds_the_lock_from_its_first_step_to_its_last(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    place, holders = Home(tmp_path / "home"), []

    @dg.asset
    def first(home: dg.ResourceParam[Home]) -> None:
        holders.append(find_holder(home))

    @dg.asset(deps=[first])
    def last(home: dg.ResourceParam[Home]) -> None:
        holders.append(find_holder(home))

    dg.materialize([first, last], instance=instance, resources={"home": locked_home(place, 0)})

    assert holders[0] is not None
    assert "Dagster's run" in holders[0].who
    assert holders[0] == holders[1]
    assert find_holder(place) is None


@contextmanager
def _held_elsewhere(home: Home) -> Iterator[None]:
    from threading import Event, Thread

    is_held, may_end = Event(), Event()

    def work() -> None:
        with hold(home, "'jeugdspiegel run'"):
            is_held.set()
            may_end.wait(30)

    thread = Thread(target=work)
    thread.start()
    is_held.wait(30)
    try:
        yield
    finally:
        may_end.set()
        thread.join()


def begin(instance: dg.DagsterInstance, **tags: str) -> str:
    """A run that Dagster takes to be at work."""

    @dg.asset
    def step() -> None:
        pass

    job = dg.Definitions(assets=[step]).resolve_implicit_global_asset_job_def()
    run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=tags)
    return run.run_id


def status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def test_run_that_began_a_while_ago_while_nobody_holds_the_lock_is_marked_as_failed(
    instance: dg.DagsterInstance,
) -> None:
    run_id = begin(instance)
    now = datetime.now(UTC)

    assert bury_lost_runs(instance, now) == []
    assert bury_lost_runs(instance, now + timedelta(minutes=6)) == [run_id]
    assert status(instance, run_id) is dg.DagsterRunStatus.FAILURE


def test_nothing_is_marked_while_a_run_is_at_work(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    run_id = begin(instance)
    context = dg.build_sensor_context(instance=instance, resources={"place": home})

    with hold(home, "a run"):
        assert "at work" in (lost_runs(context).skip_message or "")

    assert status(instance, run_id) is dg.DagsterRunStatus.STARTED


def test_command_marks_its_own_lost_runs_and_leaves_the_daemons(instance: dg.DagsterInstance) -> None:
    command, daemon = begin(instance, **{FOREGROUND: "true"}), begin(instance)

    assert bury_lost_commands(instance) == [command]
    assert status(instance, daemon) is dg.DagsterRunStatus.STARTED


def test_sensor_of_a_failed_run_tells_when_it_ended_and_why(
    instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Ending] = []
    monkeypatch.setattr("pipelines.automation.endings.alerts.tell", lambda _home, ending, _overdue: told.append(ending))

    @dg.asset
    def step() -> None:
        with no_values_in_errors():
            raise ConfigurationError("praktijken.csv is not there.")

    result = dg.materialize([step], raise_on_error=False, instance=instance)
    record = instance.get_run_record_by_id(result.run_id)
    (event,) = [event for event in result.all_events if event.event_type is dg.DagsterEventType.RUN_FAILURE]
    context = dg.build_run_status_sensor_context(
        sensor_name="run_failed",
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        dagster_event=event,
        resources={"place": Home(tmp_path / "home")},
    ).for_run_failure()

    run_failed(context)

    assert record is not None
    assert record.end_time is not None
    assert [(ending.outcome, ending.reason) for ending in told] == [
        ("failed", "step 'step': praktijken.csv is not there.")
    ]
    assert told[0].ended_at == datetime.fromtimestamp(record.end_time, UTC)
