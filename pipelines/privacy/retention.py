"""Months of the lake that are older than the deployment keeps them.

Belongs here: which months those are, and taking them away. Does not belong here: the setting (``keep_years``), and when
it is looked at: at the end of each time that deliveries are taken in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines import lake
from pipelines.home import Home
from pipelines.parquet import read_parquet
from pipelines.privacy import caches, removal
from pipelines.privacy.pending import note_loss
from pipelines.privacy.rewriting import Rewriting
from schemas.datasets import DATASETS
from schemas.lake_files import FINDINGS, REMOVED

# One row of such an export feeds several datasets, which may keep it in different months.
_IN_SEVERAL = "toewijzingen"
_SHARING = ("allocations", "care_events", "referral_requests")


@dataclass(frozen=True)
class Expired:
    """What the retention period took away.

    Attributes:
        months: per dataset the months that went (``2016-01``), in order.
        rows: rows of those months.
        keep_from: the first month that is kept; None when nothing ends.
    """

    months: Mapping[str, tuple[str, ...]]
    rows: int
    keep_from: str | None


def keep_from(home: Home, keep_years: int | None, today: date) -> str | None:
    """The first month that is kept: so many years before the newest message; None when everything is kept.

    A message that is dated in the future does not move the end: ``today`` is the latest that counts.
    """
    if keep_years is None:
        return None
    newest = lake.read_ledger(home).filter(pl.col("refusal").is_null())["message_date"].max()
    if not isinstance(newest, date):
        return None
    day = min(newest, today)
    return f"{day.year - keep_years:04}-{day.month:02}"


def expire(home: Home, keep_years: int | None, today: date) -> Expired:
    """Take away the months before ``keep_from``. Call it inside ``lake.locked``.

    Args:
        home: the home folder.
        keep_years: the setting; None keeps everything.
        today: so that a date in the future is not believed.
    """
    first = keep_from(home, keep_years, today)
    going = {name: tuple(path for path in paths if _month(path) < (first or "")) for name, paths in _files(home)}
    if not any(going.values()):
        return Expired({}, 0, first)
    rewriting = Rewriting(home)
    lost = [_lost(name, path) for name, paths in going.items() for path in paths]
    rows = sum(frame.height for frame in lost)
    gone = pl.concat(lost).join(_still_there(home, going), on=removal.PLACE, how="anti")
    findings = home.lake / "findings.parquet"
    kept = read_parquet(findings, FINDINGS).join(gone, on=removal.PLACE, how="anti", maintain_order="left")
    rewriting.write(kept, findings)
    rewriting.write(removal.with_counts(home, _counts(gone)), removal.removed_path(home))
    for paths in going.values():
        for path in paths:
            rewriting.remove(path)
    note_loss(home, rewriting, ends_earlier=False)
    rewriting.commit()
    caches.clear(home)
    return Expired({name: tuple(map(_month, paths)) for name, paths in going.items() if paths}, rows, first)


def _files(home: Home) -> Iterator[tuple[str, list[Path]]]:
    for name in DATASETS:
        yield name, sorted((home.lake / name).glob("month=*.parquet"))


def _month(path: Path) -> str:
    return path.stem.removeprefix("month=")


def _lost(name: str, path: Path) -> pl.DataFrame:
    """Place, cents and kind of each row of a month file; an answer as a whole counts no row."""
    frame = pl.read_parquet(path, glob=False, hive_partitioning=False)
    cents = pl.col("amount_cents") if name == "declaration_lines" else pl.lit(0, dtype=pl.Int64)
    return frame.select(*removal.PLACE, "source", cents=cents, is_row=pl.lit(name != removal.WITHOUT_ROWS))


def _still_there(home: Home, going: Mapping[str, tuple[Path, ...]]) -> pl.DataFrame:
    """Rows of exports of which another dataset keeps a part: they go when that part goes."""
    columns = {"file_sha256": pl.String, "row_number": pl.Int32, "source": pl.String}
    frames = [pl.DataFrame(schema=columns)]
    for name, paths in _files(home):
        if name in _SHARING:
            frames += [read_parquet(path, columns) for path in paths if path not in going[name]]
    return pl.concat(frames).filter(pl.col("source") == _IN_SEVERAL).select(removal.PLACE).unique()


def _counts(gone: pl.DataFrame) -> pl.DataFrame:
    """What each file lost, as ``REMOVED``."""
    rows = gone.filter("is_row")
    counted = rows.group_by("file_sha256").agg(
        reason=pl.lit(removal.EXPIRY),
        rows_removed=pl.col("row_number").n_unique().cast(pl.Int64),
        cents_removed=pl.col("cents").sum(),
    )
    return counted.select(list(REMOVED))
