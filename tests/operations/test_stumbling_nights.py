"""Nights that go wrong before a run has begun, or after its process is gone: somebody is told all the same."""

from __future__ import annotations

from collections.abc import Callable

import dagster as dg
import pytest

from pipelines.automation import nightly_schedule
from pipelines.automation.endings import reason_of_failure
from pipelines.cli import run_command
from pipelines.errors import ConfigurationError
from pipelines.home import Home
from tests.operations.conftest import NIGHT


def _full_disk(*_: object) -> None:
    raise OSError(28, "No space left on device")


def _broken_table(*_: object) -> None:
    raise ConfigurationError("praktijken.csv, line 2: a sentence.")


@pytest.mark.parametrize("stumble", [_full_disk, _broken_table])
def test_night_whose_look_fails_asks_for_the_run_that_will_say_so(
    home: Home, stumble: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.automation.schedule.reference.load", stumble)
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_schedule_context(
            instance=instance, scheduled_execution_time=NIGHT, resources={"place": home}
        )

        tick = nightly_schedule.evaluate_tick(context)

    assert len(tick.run_requests or []) == 1
    assert tick.skip_message is None


def test_run_that_was_killed_from_outside_has_a_reason() -> None:
    @dg.asset
    def figures() -> None:
        """Not made."""

    with dg.DagsterInstance.ephemeral() as instance:
        graph = dg.Definitions(assets=[figures]).resolve_implicit_global_asset_job_def()
        run = instance.create_run_for_job(graph)
        event = instance.report_run_failed(run, "The process is gone.")

    assert reason_of_failure(event) == "its process ended before the run was done."


def test_service_that_is_stopped_during_a_run_says_one_sentence(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Dagster's own error for SIGTERM is no Exception, and would leave the command as a traceback."""

    class Stopped:
        def resolve_job_def(self, _: str) -> Stopped:
            return self

        def execute_in_process(self, **_: object) -> None:
            raise dg.DagsterExecutionInterruptedError

    (home.inbox / "new.xml").write_text("<a/>", encoding="utf-8")
    monkeypatch.setattr("pipelines.commands.common.check_configuration", lambda _: None)
    monkeypatch.setattr("pipelines.nightly.build_definitions", lambda *_: Stopped())
    monkeypatch.setattr("pipelines.nightly.Dbt.start", lambda _: None)

    code = run_command(["run", "--home", str(home.root)])

    assert code == 1
    assert "Interrupted; what was published before is untouched." in capsys.readouterr().err
