"""Verbs for whoever keeps an installation running: doctor, daemon, webserver.

Belongs here: those verbs. Does not belong here: what they look at (``pipelines.operations``).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

from cyclopts import Parameter

from pipelines.commands.common import FAILED, SUCCEEDED, HomeOption, home_from_option, terminal
from pipelines.home import Home

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from pipelines.operations.doctor import Finding

WORKSPACE = Path(__file__).resolve().parents[2] / "workspace.yaml"


def doctor(*, home: HomeOption = None) -> int:
    """Look at the installation: versions, rights, key, disk, clock, schedule, last publication; say what to do.

    Exit code 0 when nothing failed, 1 when something did; a warning does not fail.
    """
    from pipelines.operations.doctor import Circumstances, examine
    from pipelines.operations.run_log import now
    from pipelines.resources import home_from

    place = Home(home.absolute()) if home else home_from()
    findings = examine(Circumstances(place, now(), os.environ))
    terminal().print(_table(findings))
    return FAILED if any(finding.level == "fail" for _, finding in findings) else SUCCEEDED


def daemon(*, home: HomeOption = None) -> NoReturn:
    """Dagster's daemon: starts the night, the sensors and the alerts. For a service; 'ui' is both in one."""
    _become("dagster._daemon", ["run", "--workspace", str(WORKSPACE)], _prepared(home))


def webserver(
    *,
    home: HomeOption = None,
    host: Annotated[str, Parameter(help="Address to listen on; it has no login of its own.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="Port to listen on.")] = 3000,
    read_only: Annotated[bool, Parameter(name="--read-only", negative="", help="Look, and start nothing.")] = False,
) -> NoReturn:
    """Dagster's pages. For a service, behind a proxy with a login; 'ui' is this and the daemon in one."""
    arguments = ["--workspace", str(WORKSPACE), "--host", host, "--port", str(port)]
    if read_only:
        arguments.append("--read-only")
    _become("dagster_webserver", arguments, _prepared(home))


def _prepared(home: Path | None) -> Home:
    from pipelines.operations.storage import prepare_instance

    place = home_from_option(home)
    place.make()
    os.environ["DAGSTER_HOME"] = str(prepare_instance(place))
    os.environ["JEUGDSPIEGEL_HOME"] = str(place.root)
    return place


def _become(module: str, arguments: Sequence[str], place: Home) -> NoReturn:
    # From its own folder, or Dagster warns about the template that lies beside the code.
    os.chdir(place.dagster)
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])


def _table(findings: Sequence[tuple[str, Finding]]) -> Table:
    from rich.markup import escape
    from rich.table import Table

    colours = {"ok": "green", "warn": "yellow", "fail": "red"}
    table = Table(title="Doctor", title_justify="left")
    for column in ("", "what", "what is the case", "what to do"):
        table.add_column(column, overflow="fold")
    for name, finding in findings:
        level = f"[{colours[finding.level]}]{finding.level}[/]"
        table.add_row(level, name, escape(finding.says), escape(finding.remedy))
    return table
