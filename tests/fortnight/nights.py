"""Nights of the real schedule, with the clock moved: what each leaves in the run log, in the mail and on the shelf.

The schedule is evaluated as the daemon does, and the run that it asks for is the job itself; after it the daemon's
sensors tell what there is to tell. Only the daemon's threads and processes are left out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import dagster as dg
import time_machine
from dagster._utils.schedules import schedule_execution_time_iterator

from pipelines.automation import nightly, nightly_schedule, run_failed, run_succeeded
from pipelines.automation.instance import opened_instance
from pipelines.automation.lost_runs import bury_lost_runs
from pipelines.definitions import build_definitions
from pipelines.home import Home
from pipelines.operations import run_log
from pipelines.publication import shelf

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Night:
    """What a night left behind.

    Attributes:
        at: when the schedule began it (UTC).
        outcome: as in the run log.
        error: kind of error, as in the run log.
        alert: title and text of the message; empty when none was sent.
        before, after: the live publication.
    """

    at: datetime
    outcome: str
    error: str | None
    alert: str
    before: str | None
    after: str | None

    @property
    def is_published(self) -> bool:
        """Whether other figures are live than before."""
        return self.before != self.after


class Mailbox:
    """A local server that keeps the messages that are sent to it."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        box = self.messages

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                box.append(f"{body['title']}\n{body['message']}")
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"json://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def opened(self) -> Iterator[Mailbox]:
        """Serve until the end of the context."""
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


@dataclass
class Nights:
    """The nights of one home folder, one after the other."""

    home: Home
    mailbox: Mailbox
    instance: dg.DagsterInstance
    definitions: dg.Definitions
    seen: list[Night] = field(default_factory=list)

    def pass_one(self, at: datetime) -> Night:
        """The night that the schedule begins at this moment."""
        with self._observed(at), time_machine.travel(at):
            context = dg.build_schedule_context(
                instance=self.instance, scheduled_execution_time=at, resources={"place": self.home}
            )
            if nightly_schedule.evaluate_tick(context).run_requests:
                job = self.definitions.resolve_job_def(nightly.name)
                done = job.execute_in_process(instance=self.instance, run_config=QUIET, raise_on_error=False)
                self._tell(done.run_id)
        return self.seen[-1]

    def pass_one_killed(self, at: datetime) -> Night:
        """The same, in a process that is killed in the middle of the build."""
        with self._observed(at):
            command = [sys.executable, "-m", "tests.fortnight.killed", str(self.home.root), at.isoformat()]
            killed = subprocess.run(command, check=False, timeout=600, cwd=Path(__file__).parents[2])
            assert killed.returncode == -9
            later = at + timedelta(minutes=10)
            with time_machine.travel(later):
                (lost,) = bury_lost_runs(self.instance, later)
                self._tell(lost)
        return self.seen[-1]

    @contextmanager
    def _observed(self, at: datetime) -> Iterator[None]:
        before, messages = shelf.current_name(self.home), len(self.mailbox.messages)
        known = {run.run_id for run in run_log.read(self.home)}
        yield
        (run,) = [run for run in run_log.read(self.home) if run.run_id not in known]
        new = self.mailbox.messages[messages:]
        assert len(new) <= 1
        self.seen.append(Night(at, run.outcome, run.error, "".join(new), before, shelf.current_name(self.home)))

    def _tell(self, run_id: str) -> None:
        """What the daemon's sensors do once a run has ended."""
        run = self.instance.get_run_by_id(run_id)
        assert run is not None
        has_failed = run.status is dg.DagsterRunStatus.FAILURE
        kind = dg.DagsterEventType.RUN_FAILURE if has_failed else dg.DagsterEventType.RUN_SUCCESS
        event = self.instance.all_logs(run_id, of_type=kind)[-1].get_dagster_event()
        sensor = run_failed if has_failed else run_succeeded
        context = dg.build_run_status_sensor_context(
            sensor.name, event, self.instance, run, resources={"place": self.home}
        )
        sensor(context.for_run_failure() if has_failed else context)


@contextmanager
def opened_nights(home: Home) -> Iterator[Nights]:
    """A home whose alerts go to a mailbox."""
    with Mailbox().opened() as mailbox, opened_instance(home) as instance:
        os.environ["JEUGDSPIEGEL_ALERT_URLS"] = mailbox.url
        try:
            yield Nights(home, mailbox, instance, build_definitions(home))
        finally:
            del os.environ["JEUGDSPIEGEL_ALERT_URLS"]


def ticks(begin: datetime, count: int) -> list[datetime]:
    """The moments (UTC) at which the schedule begins a night, from a moment on."""
    times = schedule_execution_time_iterator(
        begin.timestamp(), nightly_schedule.cron_schedule, nightly_schedule.execution_timezone
    )
    return [next(times).astimezone(UTC) for _ in range(count)]
