"""What every verb of the command line needs: its options, its home folder, its terminal, and the nightly job.

Belongs here: what more than one verb uses. Does not belong here: a verb, and what a verb does.
Heavy libraries are imported inside the functions, so that help and mistakes answer at once.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from rich.console import Console

from pipelines.errors import ConfigurationError, RunFailedError
from pipelines.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.ingestion import IngestReport

SUCCEEDED, FAILED, MISUSED = 0, 1, 2

HomeOption = Annotated[
    Path | None, Parameter(name="--home", help="Home folder; default: $JEUGDSPIEGEL_HOME, else ./var.")
]
RebuildOption = Annotated[
    bool, Parameter(name="--rebuild", negative="", help="Build the warehouse again, also when nothing is new.")
]
AcceptDriftOption = Annotated[
    bool,
    Parameter(
        name="--accept-drift",
        negative="",
        help="Publish also what differs more from the live publication than [publication] allows.",
    ),
]
LogFormatOption = Annotated[
    Literal["text", "json"] | None,
    Parameter(
        name="--log-format",
        help="What to print: text for people, json for a log collector (one line an event); default: [logging] format.",
    ),
]
VerboseOption = Annotated[bool, Parameter(name="--verbose", negative="", help="Show Dagster's own log as well.")]


def home_from_option(option: Path | None) -> Home:
    """The home folder that a command is about; its settings are read once, so that a mistake is said first."""
    from pipelines.resources import home_from
    from pipelines.settings import load_settings

    place = Home(option.absolute()) if option else home_from()
    if place.root.exists() and not place.root.is_dir():
        raise ConfigurationError(f"--home: {place.root} is a file, not a folder.")
    load_settings(place.settings_file)
    return place


def check_configuration(home: Home) -> None:
    """Say in a second what the job would say after Dagster has started; the job looks again."""
    from pipelines import reference
    from pipelines.pseudonyms import load_pseudonyms
    from pipelines.publication import check_replaceable

    home.make()
    check_replaceable(home)
    reference.load(home, load_pseudonyms(home.pseudonym_key, os.environ))


def name_in_inbox(home: Home, file: str) -> str:
    """The name that the ledger knows, also when the path to the file was typed."""
    path = Path(file).absolute()
    inbox = home.inbox.absolute()
    return path.relative_to(inbox).as_posix() if path.is_relative_to(inbox) else file


def nothing_to_do(home: Home) -> bool:
    """Whether there is neither a file to take in nor anything taken in before."""
    return not _has_files(home.inbox) and not (home.lake / "ledger.parquet").exists()


def _has_files(inbox: Path) -> bool:
    from pipelines.deliveries.inbox import is_ignored

    return any(path.is_file() and not is_ignored(path.relative_to(inbox).as_posix()) for path in inbox.rglob("*"))


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Be the only one that writes in this home folder; says whom it waits for. It may be asked for again inside."""
    from pipelines.run_lock import hold
    from pipelines.settings import load_settings

    def say(holder: object) -> None:
        Console(stderr=True, highlight=False).print(f"Another run is at work: waiting for {holder}.", soft_wrap=True)

    with hold(home, "'jeugdspiegel run'", load_settings(home.settings_file).schedule.wait_seconds, on_wait=say):
        yield


@contextmanager
def _told_of_failure(home: Home) -> Iterator[None]:
    """Tell whoever operates why a run failed: there may be no daemon that would."""
    try:
        yield
    except (ConfigurationError, RunFailedError) as error:
        from pipelines.alerts import tell_of_failure

        tell_of_failure(home, str(error))
        raise


def run_job(
    home: Home,
    *,
    verbose: bool,
    take_in: bool = True,
    rebuild: bool = False,
    accept_drift: bool = False,
    log_format: Literal["text", "json"] | None = None,
) -> int:
    """Run the nightly job unless nothing is new, and say what came of it; returns the exit code."""
    with _told_of_failure(home), alone(home):
        return _run_job(
            home, verbose=verbose, take_in=take_in, rebuild=rebuild, accept_drift=accept_drift, log_format=log_format
        )


def _run_job(
    home: Home,
    *,
    verbose: bool,
    take_in: bool = True,
    rebuild: bool = False,
    accept_drift: bool = False,
    log_format: Literal["text", "json"] | None = None,
) -> int:
    from pipelines.settings import load_settings

    check_configuration(home)
    if (log_format or load_settings(home.settings_file).logging.format) == "json":
        return _run_job_as_events(home, verbose=verbose, take_in=take_in, rebuild=rebuild, accept_drift=accept_drift)
    from pipelines.publication.standing import find_standing
    from pipelines.terminal import TerminalProgress, expired_lines, run_table, where_to_look
    from pipelines.terminal.summary import delivery_totals

    console = terminal()
    standing = find_standing(home) if take_in and not rebuild else None
    if standing:
        from pipelines.automation.quiet_night import note_quiet_night
        from pipelines.operations.quiet import record_quiet

        record_quiet(home, standing.reason)
        note_quiet_night(home, standing.reason)
        console.print(standing.reason, soft_wrap=True)
        report: IngestReport | None = standing.report
    else:
        # Dagster and dbt take seconds to load: not on a night in which nothing is new.
        from pipelines.nightly import run_nightly

        with TerminalProgress(console) as progress:
            report = run_nightly(
                home.root, progress, take_in=take_in, verbose=verbose, accept_drift=accept_drift
            ).ingested
    totals = delivery_totals(home)
    console.print(run_table(totals, report))
    for line in (*expired_lines(report), *where_to_look(home, totals)):
        console.print(line, soft_wrap=True)
    return SUCCEEDED


def _run_job_as_events(home: Home, *, verbose: bool, take_in: bool, rebuild: bool, accept_drift: bool) -> int:
    """The same run, told in JSON lines on standard output and nothing else there."""
    from pipelines.operations.events import JsonEvents
    from pipelines.operations.quiet import record_quiet
    from pipelines.publication.standing import find_standing

    events = JsonEvents(sys.stdout)
    standing = find_standing(home) if take_in and not rebuild else None
    if standing:
        from pipelines.automation.quiet_night import note_quiet_night

        record_quiet(home, standing.reason, events)
        note_quiet_night(home, standing.reason)
        return SUCCEEDED
    from pipelines.nightly import run_nightly

    run_nightly(home.root, events, take_in=take_in, verbose=verbose, accept_drift=accept_drift)
    return SUCCEEDED


def terminal() -> Console:
    # A file or a pipe has no width of its own, and 80 columns would fold the tables.
    return Console(highlight=False, width=None if sys.stdout.isatty() else 140)
