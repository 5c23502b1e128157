"""What a step does with an error: again, with pauses, or never; and without values in Dagster's event log."""

from __future__ import annotations

import errno
from concurrent.futures.process import BrokenProcessPool

import dagster as dg
import duckdb
import pytest

from pipelines.assets.guard import RETRIES, no_values_in_errors
from pipelines.errors import ConfigurationError, LakeLockedError, RunFailedError
from pipelines.transformation import DbtStoppedError, TransformationError

SECRET = "999900006"


def run(error: Exception, times: int) -> tuple[dg.ExecuteInProcessResult, int]:
    """Run one step that fails so many times; returns the result and how often it was tried."""
    tries = 0

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=2, delay=0.01))
    def step() -> None:
        nonlocal tries
        tries += 1
        with no_values_in_errors():
            if tries <= times:
                raise error

    return dg.materialize([step], raise_on_error=False, instance=dg.DagsterInstance.ephemeral()), tries


TRANSIENT = [
    OSError(errno.ENOSPC, "No space left on device", SECRET),
    LakeLockedError("Another run is writing."),
    BrokenProcessPool(SECRET),
    duckdb.IOException(SECRET),
    DbtStoppedError("dbt stopped before it was done."),
]
LASTING = [
    ConfigurationError("jeugdspiegel.toml: unknown key."),
    TransformationError("dbt failed on assert_costs."),
    RunFailedError("The run failed."),
    ValueError(SECRET),
]


@pytest.mark.parametrize("error", TRANSIENT, ids=lambda error: type(error).__name__)
def test_error_that_may_be_gone_in_a_minute_is_tried_again(error: Exception) -> None:
    result, tries = run(error, times=1)

    assert (result.success, tries) == (True, 2)


@pytest.mark.parametrize("error", TRANSIENT, ids=lambda error: type(error).__name__)
def test_error_that_stays_fails_the_step_after_the_last_try(error: Exception) -> None:
    result, tries = run(error, times=9)
    (failed,) = [event for event in result.all_events if event.event_type is dg.DagsterEventType.STEP_FAILURE]

    assert (result.success, tries) == (False, 3)
    # A sentence of ours, which the command line and a message can say.
    assert failed.step_failure_data.user_failure_data is not None


@pytest.mark.parametrize("error", LASTING, ids=lambda error: type(error).__name__)
def test_error_of_data_or_configuration_is_not_tried_again(error: Exception) -> None:
    result, tries = run(error, times=9)

    assert (result.success, tries) == (False, 1)


@pytest.mark.parametrize("error", [*TRANSIENT, *LASTING], ids=lambda error: type(error).__name__)
def test_text_of_a_librarys_error_is_in_no_event(error: Exception) -> None:
    result, _ = run(error, times=9)

    assert not any(SECRET in str(event) for event in result.all_events)


def test_retries_pause_longer_each_time() -> None:
    delays = [RETRIES.calculate_delay(attempt) for attempt in (1, 2, 3)]

    assert delays == [10, 30, 70]
