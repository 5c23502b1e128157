"""What assets are given: the home folder, and whoever follows the run.

Belongs here: the types that ``build_definitions`` hands to assets, so that a test hands them others.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.home import Home

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.ingestion import IngestProgress, IngestReport
    from pipelines.publication import Published
    from pipelines.run_lock import Holder
    from pipelines.transformation import NodeFinished


@dataclass(frozen=True)
class RunEnded:
    """How a run ended.

    Attributes:
        run_id: Dagster's id.
        outcome: as in the run log.
        seconds: wall-clock time.
        reason: why it failed (the kind of error) or why nothing was done.
    """

    run_id: str
    outcome: str
    seconds: float
    reason: str | None


class Progress:
    """Follows a run; this one says nothing. A run that Dagster starts has nobody to tell."""

    def on_waiting(self, holder: Holder) -> None:
        """Another run is at work here; this one waits for it."""

    def on_started(self, run_id: str) -> None:
        """The run has begun; ``run_id`` is Dagster's."""

    def on_ingesting(self, progress: IngestProgress) -> None:
        """A file of the inbox was read."""

    def on_ingested(self, report: IngestReport) -> None:
        """All deliveries are in the lake."""

    def on_node(self, node: NodeFinished) -> None:
        """dbt finished a model, a seed or a test."""

    def on_published(self, published: Published) -> None:
        """The warehouse is live."""

    def on_step(self, step: str, seconds: float) -> None:
        """A step of Dagster's job took this long; told when the run ends."""

    def on_check_failed(self, check: str, severity: str) -> None:
        """A check that is no dbt test failed; told when the run ends."""

    def on_ended(self, ended: RunEnded) -> None:
        """The run is over."""


def home_from(environment: Mapping[str, str] = os.environ) -> Home:
    """The home folder that the environment names, else ``./var``."""
    return Home(Path(environment.get("JEUGDSPIEGEL_HOME") or "var").absolute())
