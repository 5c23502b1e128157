"""A run as soon as new files have been left alone for some minutes: for deployments that do not wait for the night."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import dagster as dg

from pipelines import ingestion
from pipelines.assets.guard import no_values_in_errors
from pipelines.automation.jobs import nightly
from pipelines.deliveries import InboxFile
from pipelines.home import Home
from pipelines.settings import load_settings

_LOOK_EVERY_SECONDS = 60


@dataclass(frozen=True)
class Watched:
    """The new files as they were when something last changed about them.

    Attributes:
        files: digest of their names, sizes and modification times.
        since: when they were first seen like this, in seconds since 1970.
    """

    files: str
    since: float


def watch(before: Watched | None, files: Sequence[InboxFile], now: float) -> Watched:
    """The same files as before go on resting; any other begin to."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.name):
        digest.update(f"{file.name}\0{file.size}\0{file.modified_ns}\0".encode("utf-8", "surrogateescape"))
    is_same = before is not None and before.files == digest.hexdigest()
    return before if before is not None and is_same else Watched(digest.hexdigest(), now)


@dg.sensor(
    name="new_files",
    job=nightly,
    minimum_interval_seconds=_LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Starts a run when the new files of the inbox have not changed for some minutes. Off by default.",
)
def new_files(context: dg.SensorEvaluationContext, place: dg.ResourceParam[Home]) -> dg.SensorResult | dg.SkipReason:
    """Ask for one run per set of new files."""
    with no_values_in_errors():
        settings = load_settings(place.settings_file)
        files = ingestion.new_files(place, settings)
    if not files:
        return dg.SensorResult(skip_reason=dg.SkipReason("Nothing new in the inbox."), cursor="")
    before = Watched(**json.loads(context.cursor)) if context.cursor else None
    now = time.time()
    watched = watch(before, files, now)
    cursor = json.dumps(asdict(watched))
    if now - watched.since < settings.schedule.stable_seconds:
        reason = (
            f"{len(files)} new files; waiting until they have not changed for {settings.schedule.stable_seconds} s."
        )
        return dg.SensorResult(skip_reason=dg.SkipReason(reason), cursor=cursor)
    # Files that stay new after a run, because they cannot be read, do not start another one.
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=watched.files)], cursor=cursor)
