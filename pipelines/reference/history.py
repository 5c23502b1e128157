"""Earlier versions of the reference tables, so that a figure of a past day can be calculated with that day's tables.

One file per table and day on which it differed from what was there: ``lake/reference_history/<table>/<day>.parquet``.
Belongs here: keeping and finding versions. Does not belong here: reading and judging the tables (``reference.py``).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from pipelines.parquet import write_parquet


def keep(frame: pl.DataFrame, folder: Path, loaded_on: date) -> None:
    """Keep a table as it was loaded on a day; nothing is written when it is the newest version already.

    A day is the unit of what was known: of several versions of one day the last one stays.
    """
    newest = _versions(folder)[-1:]
    if not newest or not pl.read_parquet(newest[0], glob=False).equals(frame):
        write_parquet(frame, folder / f"{loaded_on.isoformat()}.parquet")


def version_on(folder: Path, day: date) -> Path | None:
    """The version that held on a day: the newest loaded on or before it, else the earliest; None when none was kept."""
    versions = _versions(folder)
    held = [path for path in versions if path.stem <= day.isoformat()]
    return next(iter([*reversed(held), *versions]), None)


def _versions(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))
