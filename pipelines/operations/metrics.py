"""The text file that node_exporter's textfile collector reads: how the last run went and how old the figures are.

Belongs here: the numbers and their names. Ages are not written but times, so that a file that nobody writes any more
shows its age. Does not belong here: deciding what is too old (alert rules, ``[freshness]``).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb

from pipelines.home import Home
from pipelines.operations import run_log
from pipelines.operations.run_log import OUTCOMES, SUCCEEDED, RunRecord
from pipelines.parquet import sync_folder

_PREFIX = "jeugdspiegel"
_ROWS = ("read", "accepted", "quarantined", "duplicate")


@dataclass(frozen=True)
class Gauge:
    """One metric: its samples are (labels, value)."""

    name: str
    help: str
    samples: tuple[tuple[Mapping[str, str], float], ...]


def write(home: Home, run: RunRecord, durations: Mapping[str, float]) -> None:
    """Replace the file, in one rename.

    Args:
        home: the home folder.
        run: the run that ended.
        durations: seconds per asset; of a night without news none, and then those of the last run are left out.
    """
    text = "".join(_rendered(gauge) for gauge in _gauges(home, run, durations))
    home.metrics.parent.mkdir(parents=True, exist_ok=True)
    # Another user reads it, whatever the umask of the service.
    home.metrics.parent.chmod(0o755)
    # The collector reads every *.prom: the name of a file that is being written must not end so.
    beside = home.metrics.with_name(f".{home.metrics.name}.writing")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.chmod(0o644)
    beside.replace(home.metrics)
    sync_folder(home.metrics.parent)


def _gauges(home: Home, run: RunRecord, durations: Mapping[str, float]) -> Iterator[Gauge]:
    yield _one("last_run_start_timestamp_seconds", "When the last run began.", run.started_at.timestamp())
    ended_at = run.ended_at or run.started_at
    yield _one("last_run_end_timestamp_seconds", "When the last run ended.", ended_at.timestamp())
    yield _one(
        "last_run_success", "1 when the last run succeeded, also when nothing was new.", run.outcome in SUCCEEDED
    )
    yield _labelled(
        "last_run_outcome",
        "1 for the outcome of the last run, 0 for the others.",
        "outcome",
        {outcome: float(outcome == run.outcome) for outcome in OUTCOMES if outcome != "running"},
    )
    yield _one("last_run_duration_seconds", "Duration of the last run.", run.seconds_total or 0.0)
    phases = {
        "reading": run.seconds_reading,
        "building": run.seconds_building,
        "publishing": run.seconds_publishing,
    }
    measured = {phase: seconds for phase, seconds in phases.items() if seconds is not None}
    yield _labelled("last_run_phase_seconds", "Duration of the last run's phases.", "phase", measured)
    yield _labelled("last_run_asset_seconds", "Duration of the last run's assets.", "asset", dict(durations))
    yield _one("last_run_files_new", "New files that the last run took in.", run.files_new)
    yield _one("last_run_deliveries_refused", "Deliveries that the last run refused.", run.deliveries_refused)
    success = run_log.last_success(home)
    if success:
        at = (success.ended_at or success.started_at).timestamp()
        yield _one("last_success_timestamp_seconds", "When the figures were last as new as the inbox.", at)
    if home.warehouse.exists():
        yield _one("publication_timestamp_seconds", "When the warehouse went live.", home.warehouse.stat().st_mtime)
        yield from _delivered(home)


def _delivered(home: Home) -> Iterator[Gauge]:
    rows = ", ".join(f"coalesce(sum(rows_{name}), 0)::double" for name in _ROWS)
    try:
        with duckdb.connect(str(home.warehouse), read_only=True) as connection:
            totals = connection.execute(f"select {rows} from ops.deliveries").fetchall()[0]
            files = connection.execute("select outcome, count(*)::double from ops.deliveries group by all").fetchall()
    except duckdb.Error:
        # The warehouse is somebody's file too: metrics about runs must not fail on it.
        return
    yield _labelled(
        "rows", "Rows delivered so far, by what became of them.", "state", dict(zip(_ROWS, totals, strict=True))
    )
    outcomes = {"accepted": 0.0, "partly_quarantined": 0.0, "refused": 0.0, "duplicate": 0.0, **dict(files)}
    yield _labelled("deliveries", "Deliveries so far, by outcome.", "outcome", outcomes)


def _one(name: str, text: str, value: float) -> Gauge:
    return Gauge(name, text, (({}, float(value)),))


def _labelled(name: str, text: str, label: str, values: Mapping[str, float]) -> Gauge:
    return Gauge(name, text, tuple(({label: key}, value) for key, value in values.items()))


def _rendered(gauge: Gauge) -> str:
    name = f"{_PREFIX}_{gauge.name}"
    lines = [f"# HELP {name} {gauge.help}", f"# TYPE {name} gauge"]
    lines += [f"{name}{_labels(labels)} {value!r}" for labels, value in gauge.samples]
    return "\n".join(lines) + "\n" if gauge.samples else ""


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    escaped = {
        key: value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n") for key, value in labels.items()
    }
    return "{" + ",".join(f'{key}="{value}"' for key, value in escaped.items()) + "}"
