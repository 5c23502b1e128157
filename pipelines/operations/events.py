"""A run as structured events: one JSON line an event, for a log collector.

Belongs here: the listener that writes them. Does not belong here: what a person reads (``pipelines.terminal``).
Names of deliveries, assets and checks and counts are written, never a value of a delivery.
"""

from __future__ import annotations

import json
import sys
from typing import TextIO

from pipelines.ingestion import IngestReport
from pipelines.operations.run_log import now
from pipelines.publication import Published
from pipelines.resources import Progress, RunEnded
from pipelines.settings import Settings
from pipelines.transformation import NodeFinished

_PASSED = frozenset({"success", "pass", "skipped"})


class JsonEvents(Progress):
    """Writes each event as one line: ``at`` (UTC), ``event``, ``run_id``, and the event's own fields.

    Events: ``run_started``, ``deliveries_taken``, ``node_finished``, ``check_failed``, ``published``,
    ``step_finished``, ``run_ended``. Durations are in seconds.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._run_id: str | None = None

    def on_started(self, run_id: str) -> None:
        """``run_started``."""
        self._run_id = run_id
        self._tell("run_started")

    def on_ingested(self, report: IngestReport) -> None:
        """``deliveries_taken``: the counts of the report."""
        self._tell(
            "deliveries_taken",
            files=report.files,
            files_new=report.files_new,
            taken=report.deliveries_taken,
            refused=report.deliveries_refused,
            rows_read=report.rows_read,
            rows_accepted=report.rows_accepted,
            rows_quarantined=report.rows_quarantined,
        )

    def on_node(self, node: NodeFinished) -> None:
        """``node_finished`` for a model or seed, ``check_failed`` for a test that did not pass."""
        if not node.unique_id.startswith("test."):
            self._tell("node_finished", node=node.name, status=node.status, seconds=node.seconds)
        elif node.status not in _PASSED:
            self.on_check_failed(node.name, node.status)

    def on_check_failed(self, check: str, severity: str) -> None:
        """``check_failed``."""
        self._tell("check_failed", check=check, severity=severity)

    def on_published(self, published: Published) -> None:
        """``published``: the publication's name, and how large the warehouse is."""
        self._tell("published", publication=published.name, bytes=published.bytes, rows=sum(published.rows.values()))

    def on_step(self, step: str, seconds: float) -> None:
        """``step_finished``: a step of Dagster's job, told when the run ends."""
        self._tell("step_finished", step=step, seconds=seconds)

    def on_ended(self, ended: RunEnded) -> None:
        """``run_ended``: its outcome."""
        self._run_id = self._run_id or ended.run_id
        self._tell("run_ended", outcome=ended.outcome, seconds=ended.seconds, reason=ended.reason)

    def _tell(self, event: str, **fields: object) -> None:
        line = {"at": now().isoformat(timespec="milliseconds"), "event": event, "run_id": self._run_id, **fields}
        self._stream.write(json.dumps(line) + "\n")
        self._stream.flush()


def listener_from(settings: Settings) -> Progress:
    """Who follows a run that Dagster started: nobody, or with ``[logging] format = "json"`` the log of its process."""
    return JsonEvents(sys.stderr) if settings.logging.format == "json" else Progress()
