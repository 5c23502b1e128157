"""How much of a care month has normally been declared by now: chain ladder with Mack's standard error.

Belongs here: which triangles are estimated, and the call of the estimator. Does not belong here: how lines become a
triangle and how a share becomes an expectation (``dbt_project/models/intermediate/completeness``).

A share is a fact of the triangle alone, so the result of the last run is kept beside a digest of the triangle that it
rests on: importing the estimator costs seconds, and on a night without new declarations nothing would change.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.parquet import write_parquet

EVERYTHING = "*"
"""In place of a municipality or a care profile: all of them together."""

DEVELOPMENT = {
    "municipality_code": pl.String,
    "care_profile": pl.String,
    "care_month": pl.Date,
    "delay_months": pl.Int32,
    "age_months": pl.Int32,
    "cents": pl.Int64,
}
SHARES = {
    "level": pl.String,
    "municipality_code": pl.String,
    "care_profile": pl.String,
    "age_months": pl.Int32,
    "share": pl.Float64,
    "variation": pl.Float64,
    "months": pl.Int32,
}
_GROUP = ["level", "municipality_code", "care_profile"]
_LEVELS = (
    ("profile", False, False),
    ("municipality", False, True),
    ("all", True, True),
)


@dataclass(frozen=True)
class Reach:
    """How far and on how little the estimate may rest.

    Attributes:
        horizon_months: development is followed this long; older care is final.
        minimum_months: fewest care months that must have been seen from one age to the next.
    """

    horizon_months: int = 24
    minimum_months: int = 12


def development_shares(development: pl.DataFrame, reach: Reach) -> pl.DataFrame:
    """The share of the final amount that is normally known at each age, per group with enough data.

    Groups are each care profile of a municipality (level ``profile``), each municipality (``municipality``) and
    everything (``all``). The oldest care month in a group is taken as final.

    Args:
        development: columns ``DEVELOPMENT``, one row per group, care month and delay; signed cents that became known
            with that delay. Care months that were followed from their beginning only. ``age_months`` is the delay
            that the care month has reached by now.

    Returns:
        Columns ``SHARES``, sorted. ``share`` lies above 0; ``variation`` is Mack's standard error of the expected
        amount as a part of that amount, null where the care month of that age has no amount; ``months`` is the number
        of care months that were seen from that age to the next (0 at the oldest age).
    """
    followed = development.filter(pl.col("delay_months") <= reach.horizon_months)
    groups = (
        pl.concat([_grouped(followed, *level) for level in _LEVELS])
        .filter(_has_enough(reach).over(_GROUP))
        .sort(*_GROUP, "care_month", "delay_months")
    )
    if groups.is_empty():
        return pl.DataFrame(schema=SHARES)
    estimated = _estimated(groups)
    return (
        estimated.filter(
            pl.col("share").is_finite() & (pl.col("share") > 0) & (pl.col("age_months") <= reach.horizon_months),
            pl.col("months").max().over(_GROUP) >= reach.minimum_months,
            # an age at which nothing was ever known says nothing about what is to come
            (pl.col("months") > 0) | (pl.col("age_months") == pl.col("age_months").max().over(_GROUP)),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in SHARES.items())
        .sort(*_GROUP, "age_months")
    )


def remembered_shares(development: pl.DataFrame, reach: Reach, folder: Path | None) -> pl.DataFrame:
    """As :func:`development_shares`; takes the result from ``folder`` when it was made from the same triangle.

    Args:
        folder: where the last result is kept; None keeps nothing.
    """
    if folder is None:
        return development_shares(development, reach)
    ordered = development.select(*DEVELOPMENT).sort(*list(DEVELOPMENT)[:4])
    kept = folder / f"shares-{_digest(ordered, reach)}.parquet"
    if kept.exists():
        return pl.read_parquet(kept)
    shares = development_shares(ordered, reach)
    for old in folder.glob("shares-*.parquet"):
        old.unlink()
    write_parquet(shares, kept)
    return shares


def _grouped(development: pl.DataFrame, level: str, all_municipalities: bool, all_profiles: bool) -> pl.DataFrame:
    """The triangle of one level, as increments."""
    return (
        development.with_columns(
            level=pl.lit(level),
            municipality_code=pl.lit(EVERYTHING) if all_municipalities else pl.col("municipality_code"),
            care_profile=pl.lit(EVERYTHING) if all_profiles else pl.col("care_profile"),
        )
        .group_by(*_GROUP, "care_month", "delay_months", "age_months")
        .agg(pl.col("cents").sum())
    )


def _has_enough(reach: Reach) -> pl.Expr:
    """Whether a group can have care months enough; a cheap bound that spares the import where nothing can follow."""
    return pl.col("care_month").n_unique() > reach.minimum_months


def _estimated(groups: pl.DataFrame) -> pl.DataFrame:
    """Fit all groups at once; one row per group and age that its oldest care month has reached."""
    reached = groups.group_by(_GROUP, maintain_order=True).agg(oldest=pl.col("age_months").max())
    numbered = reached.with_row_index("place")
    cells = _cells(groups.join(numbered, on=_GROUP))
    with warnings.catch_warnings():
        # The estimator warns of what pandas will change, and divides by amounts that are not there.
        warnings.simplefilter("ignore")
        rows = _fitted(cells)
    return rows.join(numbered, on="place").filter(pl.col("age_months") <= pl.col("oldest"))


def _fitted(cells: pl.DataFrame) -> pl.DataFrame:
    """Call the estimator; one row per group (``place``) and age. The seam that a test holds to published figures."""
    # Heavy: numba, pandas and scikit-learn come along.
    import chainladder as cl

    triangle = cl.Triangle(  # type: ignore[abstract]  # its mixins define what its base declares
        cells.to_pandas(),
        index="place",
        origin="care_month",
        development="known_month",
        columns="amount",
        cumulative=False,
    ).incr_to_cum()
    fitted = cl.MackChainladder().fit(cl.Development(average="volume").fit_transform(triangle))
    groups, _, origins, ages = triangle.shape
    links = np.full((groups, origins, ages), np.nan)
    links[:, : origins - 1, : ages - 1] = _array(triangle.link_ratio)
    error, ultimate = _array(fitted.mack_std_err_)[..., -1], _array(fitted.ultimate_)[..., -1]
    with np.errstate(divide="ignore", invalid="ignore"):
        # Of the care months the last has the lowest age.
        variation = np.abs(error / ultimate)[:, ::-1]
        share = 1 / _array(fitted.X_.cdf_)[:, 0, :ages]
    return pl.DataFrame(
        {
            # the estimator puts groups in an order of its own
            "place": np.repeat(triangle.index["place"].to_numpy().astype(np.uint32), ages),
            "age_months": np.tile(np.arange(ages, dtype=np.int32), groups),
            "share": share.reshape(-1),
            "variation": variation.reshape(-1),
            "months": (~np.isnan(links)).sum(axis=1).reshape(-1),
        }
    ).with_columns(
        # what has nothing to come cannot be wrong about it
        variation=pl.when(pl.col("share") == 1).then(0.0).otherwise(pl.col("variation").fill_nan(None))
    )


def _array(triangle: Any) -> NDArray[np.float64]:
    """Cells of a fitted triangle: groups x care months x ages."""
    return triangle.set_backend("numpy").values[:, 0]


def _cells(groups: pl.DataFrame) -> pl.DataFrame:
    """Increments as the estimator wants them, in euros by month of care and month of knowing."""
    cells = groups.select(
        "place",
        "care_month",
        known_month=pl.col("care_month").dt.offset_by(pl.format("{}mo", "delay_months")),
        amount=pl.col("cents") / 100,
    )
    # Empty cells up to now, or the estimator would take the last month with an amount for now, and gaps for quarters.
    first, last = groups.select(
        pl.col("care_month").min(),
        pl.col("care_month").dt.offset_by(pl.format("{}mo", "age_months")).max().alias("now"),
    ).row(0)
    empty = pl.DataFrame({"care_month": pl.date_range(first, last, "1mo", eager=True)}).select(
        place=pl.lit(0, dtype=pl.UInt32), care_month="care_month", known_month="care_month", amount=pl.lit(0.0)
    )
    return pl.concat([cells, empty])


def _digest(development: pl.DataFrame, reach: Reach) -> str:
    """Changes with the triangle, the reach, the estimator and this module."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    digest.update(f"{version('chainladder')} {version('polars')} {reach}".encode())
    for column in development.iter_columns():
        digest.update(column.hash().to_numpy().tobytes())
    return digest.hexdigest()[:32]
