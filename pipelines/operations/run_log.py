"""The run log: one row per run, and one per asset and run, as Parquet beside the lake.

Kept outside Dagster, so that it outlives the pruning of Dagster's history and goes into the warehouse as ``ops.runs``.
A run is written when it begins and again when it ends. While it runs it holds a lock on a file of its own, which the
operating system lets go when the process dies: a run without end and without lock was killed. (A process id would not
do: in a container they come back.)
Belongs here: reading and writing these two files. Does not belong here: following a run (``recorder``).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import polars as pl

from pipelines.home import Home
from pipelines.parquet import read_parquet, write_parquet

Outcome = Literal["running", "published", "done", "unchanged", "failed", "killed"]
OUTCOMES: tuple[Outcome, ...] = ("running", "published", "done", "unchanged", "failed", "killed")
SUCCEEDED: frozenset[Outcome] = frozenset({"published", "done", "unchanged"})

RUNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "run_id": pl.String,
    "started_at": pl.Datetime("us", "UTC"),
    "ended_at": pl.Datetime("us", "UTC"),
    "outcome": pl.String,
    "failed_step": pl.String,
    "error": pl.String,
    "seconds_reading": pl.Float64,
    "seconds_building": pl.Float64,
    "seconds_publishing": pl.Float64,
    "seconds_total": pl.Float64,
    "files_new": pl.Int64,
    "deliveries_taken": pl.Int64,
    "deliveries_refused": pl.Int64,
    "rows_read": pl.Int64,
    "rows_accepted": pl.Int64,
    "rows_quarantined": pl.Int64,
    "publication": pl.String,
}
"""One row per run; key ``run_id``. ``error`` is the kind of error, never its text."""

RUN_ASSETS: dict[str, pl.DataType | type[pl.DataType]] = {
    "run_id": pl.String,
    "asset": pl.String,
    "seconds": pl.Float64,
}
"""One row per run and asset, or step that makes several assets at once; key ``run_id``, ``asset``."""


@dataclass(frozen=True)
class RunRecord:
    """One run.

    Attributes:
        run_id: Dagster's id; of a night without news one of our own.
        started_at, ended_at: UTC; ``ended_at`` is None while it runs, and of a killed run.
        outcome: ``running``; ``published`` (a new warehouse is live); ``done`` (what was asked is done, nothing was
            published: a backfill); ``unchanged`` (nothing new: the warehouse stands); ``failed``; ``killed``.
        failed_step, error: where it failed, and the kind of error.
        seconds_reading, seconds_building, seconds_publishing, seconds_total: wall-clock time.
        files_new, deliveries_taken, deliveries_refused, rows_read, rows_accepted, rows_quarantined: of this run.
        publication: what was live when it ended.
    """

    run_id: str
    started_at: datetime
    outcome: Outcome
    ended_at: datetime | None = None
    failed_step: str | None = None
    error: str | None = None
    seconds_reading: float | None = None
    seconds_building: float | None = None
    seconds_publishing: float | None = None
    seconds_total: float | None = None
    files_new: int = 0
    deliveries_taken: int = 0
    deliveries_refused: int = 0
    rows_read: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0
    publication: str | None = None


def runs_path(home: Home) -> Path:
    """The file with one row per run."""
    return home.operations / "runs.parquet"


def run_assets_path(home: Home) -> Path:
    """The file with one row per run and asset."""
    return home.operations / "run_assets.parquet"


def ensure(home: Home) -> None:
    """Make the two files when they are not there: a model that reads a file needs one."""
    with _locked(home):
        for path, columns in ((runs_path(home), RUNS), (run_assets_path(home), RUN_ASSETS)):
            if not path.exists():
                write_parquet(pl.DataFrame(schema=columns), path)


def write(home: Home, record: RunRecord, assets: Sequence[tuple[str, float]] = (), *, keep_days: int = 0) -> None:
    """Add a run, or replace what is known of it; runs whose process is gone become ``killed``.

    Args:
        home: the home folder.
        record: the run.
        assets: per asset the seconds that it took.
        keep_days: durations per asset of runs that began longer ago are dropped; 0 keeps them all.
    """
    with _locked(home):
        known = read_parquet(runs_path(home), RUNS).filter(pl.col("run_id") != record.run_id)
        new = pl.DataFrame([asdict(record)], schema=RUNS)
        runs = pl.concat([_with_killed(home, known), new]).sort("started_at", "run_id")
        write_parquet(runs, runs_path(home))
        durations = read_parquet(run_assets_path(home), RUN_ASSETS).filter(pl.col("run_id") != record.run_id)
        kept = runs.filter(pl.col("started_at") >= record.started_at - timedelta(days=keep_days)) if keep_days else runs
        durations = durations.filter(pl.col("run_id").is_in(kept["run_id"].implode()))
        rows = [{"run_id": record.run_id, "asset": asset, "seconds": seconds} for asset, seconds in assets]
        write_parquet(
            pl.concat([durations, pl.DataFrame(rows, schema=RUN_ASSETS)]).sort("run_id", "asset"),
            run_assets_path(home),
        )


@contextmanager
def running(home: Home, run_id: str) -> Iterator[None]:
    """Be seen to run: until the end of the context, or of the process."""
    home.operations.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = _sign_of_life(home, run_id)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def read(home: Home) -> list[RunRecord]:
    """All runs, oldest first; a run whose process is gone reads as ``killed``."""
    return [RunRecord(**row) for row in _with_killed(home, read_parquet(runs_path(home), RUNS)).iter_rows(named=True)]


def read_assets(home: Home, run_id: str) -> dict[str, float]:
    """Seconds per asset of one run."""
    rows = read_parquet(run_assets_path(home), RUN_ASSETS).filter(pl.col("run_id") == run_id)
    return dict(rows.select("asset", "seconds").iter_rows())


def last_success(home: Home) -> RunRecord | None:
    """The newest run after which the published figures were as new as the inbox."""
    succeeded = [run for run in read(home) if run.outcome in ("published", "unchanged")]
    return succeeded[-1] if succeeded else None


def now() -> datetime:
    """The time, in UTC; the one place of this room that reads the clock."""
    return datetime.now(UTC)


def _with_killed(home: Home, runs: pl.DataFrame) -> pl.DataFrame:
    still_open = runs.filter(pl.col("outcome") == "running")["run_id"]
    gone = [run_id for run_id in still_open if not _is_alive(home, run_id)]
    is_gone = pl.col("run_id").is_in(pl.Series(gone, dtype=pl.String).implode())
    return runs.with_columns(outcome=pl.when(is_gone).then(pl.lit("killed")).otherwise(pl.col("outcome")))


def _sign_of_life(home: Home, run_id: str) -> Path:
    return home.operations / f".running.{run_id}"


def _is_alive(home: Home, run_id: str) -> bool:
    path = _sign_of_life(home, run_id)
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    path.unlink(missing_ok=True)
    return False


@contextmanager
def _locked(home: Home) -> Iterator[None]:
    home.operations.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home.operations / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
