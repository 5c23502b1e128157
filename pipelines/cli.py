"""The command ``jeugdspiegel``: each verb is a few lines over the same job.

Exit codes: 0 the run succeeded, also with quarantined rows or refused files; 1 the run failed and what was published
before is untouched; 2 the command or the configuration is wrong. An error is one sentence on stderr, never a traceback.

Heavy libraries are imported inside the verbs, so that help and mistakes answer at once.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, CycloptsError, Parameter
from rich.console import Console

from pipelines.commands.common import (
    FAILED,
    MISUSED,
    SUCCEEDED,
    AcceptDriftOption,
    HomeOption,
    LogFormatOption,
    RebuildOption,
    VerboseOption,
    alone,
    home_from_option,
    name_in_inbox,
    nothing_to_do,
    run_job,
    terminal,
)
from pipelines.commands.operating import daemon, doctor, webserver
from pipelines.commands.privacy import erase, rekey
from pipelines.commands.publishing import publication_lines, rollback
from pipelines.errors import ConfigurationError, RunFailedError

if TYPE_CHECKING:
    from collections.abc import Sequence


app = App(
    name="jeugdspiegel",
    help="New, extended and carried-over youth-care trajectories and their cost, per GP practice, from iJw messages.",
    # Whoever interrupts is told what that means for what is published; run_command says it.
    suppress_keyboard_interrupt=False,
)


for _verb in (doctor, daemon, webserver, rekey, erase, rollback):
    app.command(_verb)


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run_command(sys.argv[1:]))


def run_command(tokens: Sequence[str]) -> int:
    """Run one command line; returns its exit code."""
    try:
        code = app(list(tokens), exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        return _complain(f"{_one_sentence(str(error))} 'jeugdspiegel --help' lists the commands.", MISUSED)
    except ConfigurationError as error:
        return _complain(str(error), MISUSED)
    except KeyboardInterrupt:
        return _complain("Interrupted; what was published before is untouched.", FAILED)
    except RunFailedError as error:
        return _complain(str(error), FAILED)
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence, and no text that may hold values
        return _complain(f"Stopped by an unexpected error ({type(error).__name__}).", FAILED)
    return code if isinstance(code, int) else SUCCEEDED


@app.command
def run(
    *,
    home: HomeOption = None,
    verbose: VerboseOption = False,
    rebuild: RebuildOption = False,
    accept_drift: AcceptDriftOption = False,
    log_format: LogFormatOption = None,
) -> int:
    """One nightly run in the foreground: takes in the inbox, rebuilds and checks the warehouse, puts it live.

    When nothing is new since the last run, the warehouse stands and is not built again.
    """
    place = home_from_option(home)
    if nothing_to_do(place):
        terminal().print(
            f"The inbox {place.inbox} is empty and nothing was delivered before: put deliveries there, "
            "or try 'jeugdspiegel demo'.",
            soft_wrap=True,
        )
        return SUCCEEDED
    return run_job(place, verbose=verbose, rebuild=rebuild, accept_drift=accept_drift, log_format=log_format)


@app.command
def demo(*, home: HomeOption = None, verbose: VerboseOption = False) -> int:
    """Write the demo's deliveries into the inbox (never over your own files), run, print both evaluations' tables."""
    from demo import OwnFilesPresentError, write_demo
    from demo.evaluation import evaluation_tables
    from demo.evaluation_text import render

    place = home_from_option(home)
    is_demo = True
    try:
        write_demo(place.root)
    except OwnFilesPresentError as error:
        is_demo = False
        terminal().print(f"{error} The run goes on with your own files.", soft_wrap=True)
    code = run_job(place, verbose=verbose)
    if code == SUCCEEDED and is_demo:
        import duckdb

        with duckdb.connect(str(place.warehouse), read_only=True) as connection:
            for table in evaluation_tables(connection):
                terminal().print(render(table))
    return code


@app.command
def status(*, home: HomeOption = None) -> int:
    """What is live; per source last delivery, rows accepted and quarantined; each refused file and what to do."""
    from pipelines.pseudonyms import load_pseudonyms
    from pipelines.terminal import refused_table, status_table
    from pipelines.terminal.summary import refused_files, source_statuses, under_true_names

    place, console = home_from_option(home), terminal()
    for line in publication_lines(place):
        console.print(line, soft_wrap=True, markup=False)
    if not place.warehouse.exists():
        console.print(f"No run has put a warehouse live in {place.root} yet: 'jeugdspiegel run'.", soft_wrap=True)
        return SUCCEEDED
    console.print(status_table(source_statuses(place), datetime.now(UTC).date()))
    refused = refused_files(place)
    if console.is_terminal:
        # What is piped may be kept: there a person's name in the name of a file stays a token.
        refused = under_true_names(place, refused, load_pseudonyms(place.pseudonym_key, os.environ))
    console.print(refused_table(refused))
    return SUCCEEDED


@app.command
def forget(file: str, *, home: HomeOption = None, verbose: VerboseOption = False) -> int:
    """Take away what FILE delivered, say what went, and rebuild the warehouse without it.

    Parameters
    ----------
    file
        Its name below the inbox, or as ops.deliveries shows it; a container takes its members along.
    """
    from pipelines import lake
    from pipelines.pseudonyms import load_pseudonyms
    from pipelines.publication import check_replaceable
    from pipelines.terminal import forgotten_lines

    place, console = home_from_option(home), terminal()
    if not (place.lake / "ledger.parquet").exists():
        raise ConfigurationError(f"FILE: nothing was delivered in {place.root} yet.")
    with alone(place):
        check_replaceable(place)
        gone = lake.forget(place, name_in_inbox(place, file), load_pseudonyms(place.pseudonym_key, os.environ))
        if not gone.file_names:
            raise ConfigurationError(f"FILE: no delivery is called '{file}'; ops.deliveries has the names.")
        for line in forgotten_lines(gone):
            console.print(line, soft_wrap=True, markup=False)
        # The loss is meant.
        return run_job(place, verbose=verbose, take_in=False, accept_drift=True)


@app.command
def explain(trajectory_id: str, *, home: HomeOption = None) -> int:
    """Why a trajectory is what it is: its chain, segments, messages, lines, decisions, statuses and practice.

    Parameters
    ----------
    trajectory_id
        As in marts.trajectory_years.
    """
    from pipelines.explain import explain as explanation_of
    from pipelines.explain.terminal import explanation_renderables

    place, console = home_from_option(home), terminal()
    for part in explanation_renderables(explanation_of(place, trajectory_id)):
        console.print(part)
    return SUCCEEDED


@app.command
def referrers(*, home: HomeOption = None) -> int:
    """GPs whom no practice is known for, by name, most requests first; ready to paste into verwijzer_aliassen.csv.

    The names come from the inbox and go to this terminal only. A suggestion is a look-alike: check it before pasting.
    """
    from pipelines.pseudonyms import load_pseudonyms
    from pipelines.referrers.suggestions import unresolved_from_inbox
    from pipelines.terminal import referrer_lines

    place, console = home_from_option(home), terminal()
    if not (place.lake / "ledger.parquet").exists():
        console.print(f"Nothing was delivered in {place.root} yet: 'jeugdspiegel run'.", soft_wrap=True)
        return SUCCEEDED
    for line in referrer_lines(unresolved_from_inbox(place, load_pseudonyms(place.pseudonym_key, os.environ))):
        console.print(line, soft_wrap=True, markup=False)
    return SUCCEEDED


@app.command
def ui(
    *,
    home: HomeOption = None,
    host: Annotated[str, Parameter(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="Port to listen on.")] = 3000,
) -> int:
    """Dagster's UI with schedules and sensors, until interrupted."""
    from pipelines.operations.storage import prepare_instance

    place = home_from_option(home)
    place.make()
    os.environ["DAGSTER_HOME"] = str(prepare_instance(place))
    os.environ["JEUGDSPIEGEL_HOME"] = str(place.root)
    workspace = Path(__file__).resolve().parent.parent / "workspace.yaml"
    arguments = ["dev", "--workspace", str(workspace), "--host", host, "--port", str(port)]
    # From its own folder, or Dagster warns about the template that lies beside the code.
    os.chdir(place.dagster)
    # The verb that Dagster would rather see, `dg dev`, is in a package that nothing else here needs.
    os.execv(sys.executable, [sys.executable, "-W", "ignore:Function", "-m", "dagster", *arguments])


def _complain(sentence: str, code: int) -> int:
    Console(stderr=True, highlight=False).print(sentence, soft_wrap=True, markup=False)
    return code


def _one_sentence(text: str) -> str:
    return " ".join(text.split())
