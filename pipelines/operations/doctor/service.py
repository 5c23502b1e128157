"""What the product does: Dagster's storage and schedule, the last run, what is published, what waits in the inbox."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import duckdb

from pipelines import ingestion
from pipelines.operations import run_log
from pipelines.operations.doctor.finding import Circumstances, Finding
from pipelines.operations.storage import Owner, check_storage, instance_file, owner_of
from pipelines.publication import audit
from pipelines.settings import load_settings

if TYPE_CHECKING:
    import dagster as dg

_A_NIGHT = timedelta(hours=26)
_TWO_NIGHTS = timedelta(hours=50)
_HEARTBEAT = timedelta(minutes=5)
_SCHEDULE = "nightly"


def dagster_settings(circumstances: Circumstances) -> Finding:
    """Whose ``dagster.yaml`` it is."""
    owner = owner_of(instance_file(circumstances.home))
    if owner is Owner.OPERATOR:
        return Finding(
            "warn",
            "dagster/dagster.yaml was edited by hand, so [storage] of jeugdspiegel.toml does not reach it",
            "meant? then look after it at each upgrade; else remove it, and the next start writes it",
        )
    return Finding("ok", "dagster.yaml follows jeugdspiegel.toml")


def dagster_storage(circumstances: Circumstances) -> Finding:
    """Can be reached and asked."""
    settings = load_settings(circumstances.home.settings_file)
    check_storage(settings, circumstances.environment)
    if owner_of(instance_file(circumstances.home)) is Owner.NOBODY:
        return Finding("warn", "Dagster has no history here yet", "the first run, or 'jeugdspiegel daemon', makes it")
    name = "PostgreSQL" if settings.storage.postgres_url_env else "SQLite in the home folder"
    with _instance(circumstances) as instance:
        runs = instance.get_runs_count()
    return Finding("ok", f"{name} answers; {runs:,} runs are remembered")


def schedule(circumstances: Circumstances) -> Finding:
    """Somebody starts the night: Dagster's daemon, or another timer."""
    if owner_of(instance_file(circumstances.home)) is Owner.NOBODY:
        return Finding("warn", "nothing has started a night here yet", _START)
    with _instance(circumstances) as instance:
        beat = instance.get_daemon_heartbeats().get("SCHEDULER")
        is_stopped = _is_stopped(instance)
    seen_at = datetime.fromtimestamp(beat.timestamp, UTC) if beat else None
    if seen_at and circumstances.now - seen_at <= _HEARTBEAT:
        if is_stopped:
            return Finding(
                "fail", "the daemon runs, and the schedule 'nightly' is switched off", "switch it on in the UI"
            )
        return Finding("ok", "the daemon runs, and the schedule 'nightly' is on")
    success = run_log.last_success(circumstances.home)
    if success and circumstances.now - success.started_at <= _A_NIGHT:
        return Finding("ok", "no daemon runs here, and a run of less than a day ago succeeded: another timer starts it")
    last = f"was last seen on {_local(seen_at)}" if seen_at else "never ran here"
    return Finding("fail", f"Dagster's daemon {last}, and nothing else starts the night", _START)


_START = "start jeugdspiegel-daemon.service, or the timer of 'jeugdspiegel run' (deploy/systemd)"


def last_run(circumstances: Circumstances) -> Finding:
    """How it ended."""
    runs = [run for run in run_log.read(circumstances.home) if run.outcome != "running"]
    if not runs:
        return Finding("warn", "no run has ended here yet", "'jeugdspiegel run'")
    run = runs[-1]
    when = _local(run.started_at)
    if run.outcome == "failed":
        where = f" in {run.failed_step}" if run.failed_step else ""
        return Finding("fail", f"the run of {when} failed{where} ({run.error})", "look it up in docs/operations.md")
    if run.outcome == "killed":
        return Finding("fail", f"the run of {when} was killed", "'jeugdspiegel run' finishes what it began")
    return Finding("ok", f"the run of {when}: {run.outcome}")


def publication(circumstances: Circumstances) -> Finding:
    """The figures are of last night: published then, or found to be unchanged; nothing blocks the next ones."""
    judged = audit.last(circumstances.home)
    if judged and judged.breaches:
        return Finding("fail", judged.sentence, "docs/operations.md, 'A check blocked the publication'")
    success = run_log.last_success(circumstances.home)
    if success is None:
        return Finding("warn", "nothing was published yet", "'jeugdspiegel run'")
    at = success.ended_at or success.started_at
    says = f"the figures were last as new as the inbox on {_local(at)}"
    if circumstances.now - at > _TWO_NIGHTS:
        return Finding("fail", says, "see 'schedule' and 'last run' above")
    if circumstances.now - at > _A_NIGHT:
        return Finding("warn", says, "see 'schedule' and 'last run' above")
    return Finding("ok", says)


def warehouse(circumstances: Circumstances) -> Finding:
    """Can be read."""
    path = circumstances.home.warehouse
    if not path.exists():
        return Finding("warn", "there is no warehouse yet", "'jeugdspiegel run'")
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute("select count(*) from duckdb_tables() where schema_name = 'marts'").fetchall()
    except duckdb.Error as error:
        return Finding(
            "fail",
            f"{path.name} cannot be read ({type(error).__name__})",
            "close the program that has it open for writing; if none has, 'jeugdspiegel run --rebuild'",
        )
    return Finding("ok", f"{path.name} can be read; {tables[0][0]} tables in marts")


def inbox(circumstances: Circumstances) -> Finding:
    """Nothing waits longer than a night."""
    home = circumstances.home
    report = ingestion.look(home, load_settings(home.settings_file))
    if not report.files_new:
        growing = f", {report.files_growing} still being written" if report.files_growing else ""
        return Finding("ok", f"{report.files} files, all taken in{growing}")
    success = run_log.last_success(home)
    if success and circumstances.now - success.started_at <= _A_NIGHT:
        return Finding("ok", f"{report.files_new} new files wait for the next night")
    return Finding("warn", f"{report.files_new} new files wait, and no night took them", "'jeugdspiegel run'")


def refused(circumstances: Circumstances) -> Finding:
    """Somebody should ask the sender."""
    path = circumstances.home.warehouse
    if not path.exists():
        return Finding("ok", "none")
    with duckdb.connect(str(path), read_only=True) as connection:
        counts = connection.execute("select count(*) from ops.deliveries where outcome = 'refused'").fetchall()
    if counts[0][0]:
        return Finding(
            "warn", f"{counts[0][0]} deliveries are refused", "'jeugdspiegel status' says why and what to do"
        )
    return Finding("ok", "none")


def _is_stopped(instance: dg.DagsterInstance) -> bool:
    from dagster._core.definitions.run_request import InstigatorType
    from dagster._core.scheduler.instigation import InstigatorStatus

    states = instance.all_instigator_state(instigator_type=InstigatorType.SCHEDULE)
    return any(state.name == _SCHEDULE and state.status is InstigatorStatus.STOPPED for state in states)


@contextmanager
def _instance(circumstances: Circumstances) -> Iterator[dg.DagsterInstance]:
    import dagster as dg

    before = os.environ.get("DAGSTER_HOME")
    # Dagster's settings name their own folder by this variable.
    os.environ["DAGSTER_HOME"] = str(circumstances.home.dagster)
    try:
        with dg.DagsterInstance.from_config(str(circumstances.home.dagster)) as instance:
            yield instance
    finally:
        if before is None:
            del os.environ["DAGSTER_HOME"]
        else:
            os.environ["DAGSTER_HOME"] = before


def _local(at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo('Europe/Amsterdam')):%d-%m-%Y %H:%M}"
