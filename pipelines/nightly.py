"""One nightly run in the foreground: the Dagster job that the schedule starts, in this process, on the same instance.

Belongs here: starting that job and saying in one sentence why it failed. Does not belong here: what the job does.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from pipelines.alerts import tell_of_failure
from pipelines.automation import nightly
from pipelines.automation.endings import tell_of_success
from pipelines.automation.instance import opened_instance
from pipelines.automation.lost_runs import FOREGROUND, bury_lost_commands
from pipelines.definitions import build_definitions
from pipelines.errors import ConfigurationError, RunFailedError
from pipelines.home import Home
from pipelines.ingestion import IngestProgress, IngestReport
from pipelines.publication import Published, audit, check_replaceable
from pipelines.resources import Progress, RunEnded
from pipelines.run_lock import Holder, hold
from pipelines.settings import load_settings
from pipelines.transformation import Dbt, NodeFinished


class NightlyError(RunFailedError):
    """The run failed for a reason that is not ours: one sentence with the step and the kind of error (exit code 1)."""


@dataclass(frozen=True)
class NightlyResult:
    """What a run did.

    Attributes:
        run_id: Dagster's id of the run.
        ingested: what became of the files of the inbox; None when the run did not look at the inbox.
        published: what went live.
        seconds: wall-clock time of the job.
    """

    run_id: str
    ingested: IngestReport | None
    published: Published
    seconds: float


def run_nightly(
    home: Path,
    progress: Progress | None = None,
    *,
    take_in: bool = True,
    verbose: bool = False,
    accept_drift: bool = False,
) -> NightlyResult:
    """Run the nightly job on a home folder.

    Args:
        home: the home folder.
        progress: whoever follows the run.
        take_in: False leaves the inbox alone and builds the warehouse from what the lake holds.
        verbose: let Dagster log to the terminal.
        accept_drift: publish also what differs more from the live publication than the settings allow.

    Raises:
        ConfigurationError: settings, key or reference tables are wrong.
        LakeLockedError, PublicationError, TransformationError: the run failed; the warehouse is as it was.
        AuditError: a check blocked the publication; the warehouse is as it was.
        RunLockedError: another run is at work here, and did not end in time.
        NightlyError: any other failure; the warehouse is as it was.
    """
    place = Home(home.absolute())
    place.make()
    check_replaceable(place)
    witness = _Witness(progress or Progress())
    started, began = time.monotonic(), datetime.now(UTC)
    wait_seconds = load_settings(place.settings_file).schedule.wait_seconds
    lock = hold(place, "'jeugdspiegel run'", wait_seconds, on_wait=witness.on_waiting)
    with lock, Dbt(place) as dbt, opened_instance(place) as instance:
        # dbt loads on the second core while Dagster plans and the inbox is read on the first.
        dbt.start()
        for run_id in bury_lost_commands(instance):
            tell_of_failure(place, "the process of an earlier run ended before it was done.", run_id)
        definitions = build_definitions(place, {"dbt": dbt, "progress": witness})
        job = definitions.resolve_job_def(nightly.name)
        try:
            result = job.execute_in_process(
                run_config=_run_config(verbose, accept_drift),
                instance=instance,
                tags={FOREGROUND: "true"},
                asset_selection=None if take_in else _without_inbox(definitions),
            )
        except (ConfigurationError, RunFailedError, KeyboardInterrupt):
            raise
        except dg.DagsterExecutionInterruptedError:
            # What Dagster makes of a service that is stopped: to the command line it is the same as Ctrl-C.
            raise KeyboardInterrupt from None
        except dg.Failure as failure:
            raise _own_error(failure) from None
        except Exception as error:  # noqa: BLE001 - the text of a library's error may hold values
            outcome = audit.last(place)
            if outcome and outcome.breaches and outcome.checked_at >= began:
                raise audit.AuditError(outcome.sentence) from None
            raise NightlyError(f"The run failed ({type(error).__name__}); 'jeugdspiegel ui' shows the step.") from None
        tell_of_success(instance, place, result.run_id)
    if witness.published is None:
        raise NightlyError("The run ended without putting a warehouse live; 'jeugdspiegel ui' shows why.")
    return NightlyResult(result.run_id, witness.ingested, witness.published, time.monotonic() - started)


def _own_error(failure: dg.Failure) -> Exception:
    if isinstance(failure.__cause__, ConfigurationError | RunFailedError):
        return failure.__cause__
    return NightlyError(f"The run failed: {failure.description} 'jeugdspiegel ui' shows the step.")


def _run_config(verbose: bool, accept_drift: bool) -> Mapping[str, object]:
    return {
        "loggers": {"console": {"config": {"log_level": "INFO" if verbose else "CRITICAL"}}},
        "ops": {"protected": {"config": {"accept_drift": accept_drift}}},
    }


def _without_inbox(definitions: dg.Definitions) -> Sequence[dg.AssetKey]:
    everything = definitions.resolve_asset_graph().executable_asset_keys
    return sorted(key for key in everything if key.path[0] != "lake")


class _Witness(Progress):
    """Remembers what the result needs, and passes everything on."""

    def __init__(self, listener: Progress) -> None:
        self._listener = listener
        self.ingested: IngestReport | None = None
        self.published: Published | None = None

    def on_waiting(self, holder: Holder) -> None:
        self._listener.on_waiting(holder)

    def on_started(self, run_id: str) -> None:
        self._listener.on_started(run_id)

    def on_ingesting(self, progress: IngestProgress) -> None:
        self._listener.on_ingesting(progress)

    def on_ingested(self, report: IngestReport) -> None:
        self.ingested = report
        self._listener.on_ingested(report)

    def on_node(self, node: NodeFinished) -> None:
        self._listener.on_node(node)

    def on_published(self, published: Published) -> None:
        self.published = published
        self._listener.on_published(published)

    def on_step(self, step: str, seconds: float) -> None:
        self._listener.on_step(step, seconds)

    def on_check_failed(self, check: str, severity: str) -> None:
        self._listener.on_check_failed(check, severity)

    def on_ended(self, ended: RunEnded) -> None:
        self._listener.on_ended(ended)
