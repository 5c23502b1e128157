"""How many youth had specialised care by when, where some are followed for longer than others: Kaplan-Meier.

Belongs here: the estimate and its band. Does not belong here: who is followed, from when until when
(``dbt_project/models/intermediate/followup``).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.statistics.memory import remembered

GROUP = ("period_id", "municipality_code", "practice_id", "outcome_group")
FOLLOWED = {
    **dict.fromkeys(GROUP, pl.String),
    "person_key": pl.String,
    "days_observed": pl.Int32,
    "days_to_care": pl.Int32,
}
INCIDENCES = {
    **dict.fromkeys(GROUP, pl.String),
    "horizon": pl.String,
    "incidence": pl.Float64,
    "incidence_low": pl.Float64,
    "incidence_high": pl.Float64,
}


@dataclass(frozen=True)
class Footing:
    """On how little a cumulative incidence may rest.

    Attributes:
        confidence: of the band, such as 0.95.
        minimum_clients: fewest persons of a group.
    """

    confidence: float = 0.95
    minimum_clients: int = 10


def cumulative_incidences(followed: pl.DataFrame, horizons: Mapping[str, int], footing: Footing) -> pl.DataFrame:
    """The share with care within each horizon, as if everybody had been followed that long.

    Args:
        followed: columns ``FOLLOWED``, one row per group and person: the last day on which care would have been seen,
            and the day on which care began, in days from the end of the support; null where none was seen.
        horizons: name and days of each.

    Returns:
        Columns ``INCIDENCES``, sorted; one row per group with enough persons and horizon that somebody has reached.
        The band is pointwise, on the log-log scale. That formula gives none while nobody has had care: then it is the
        exact binomial one of those followed for the whole horizon.
    """
    rows = [
        {**dict(zip(GROUP, key, strict=True)), **row}
        for key, group in followed.sort(*GROUP, "person_key").group_by(GROUP, maintain_order=True)
        if group.height >= footing.minimum_clients
        for row in _incidences(group, horizons, footing)
    ]
    return pl.DataFrame(rows, schema=INCIDENCES).sort(*GROUP, "horizon")


def remembered_incidences(
    followed: pl.DataFrame, horizons: Mapping[str, int], footing: Footing, folder: Path | None
) -> pl.DataFrame:
    """As :func:`cumulative_incidences`; takes the result from ``folder`` when it was made from the same rows."""
    ordered = followed.select(pl.col(name).cast(dtype) for name, dtype in FOLLOWED.items()).sort(*GROUP, "person_key")
    parameters = sorted(horizons.items()), footing
    return remembered(
        "incidences", [ordered], parameters, folder, lambda: cumulative_incidences(ordered, horizons, footing)
    )


def _incidences(group: pl.DataFrame, horizons: Mapping[str, int], footing: Footing) -> list[dict[str, object]]:
    # SciPy costs half a second to import.
    from scipy.stats import CensoredData, binomtest, ecdf

    has_care = group["days_to_care"].is_not_null().to_numpy()
    days = group.select(pl.coalesce("days_to_care", "days_observed")).to_series().to_numpy()
    observed = group["days_observed"].to_numpy()
    with warnings.catch_warnings():
        # it divides by zero where all or none had care, and says so
        warnings.simplefilter("ignore")
        survival = ecdf(CensoredData.right_censored(days, ~has_care)).sf
        band = survival.confidence_interval(footing.confidence, method="log-log")
    rows: list[dict[str, object]] = []
    for horizon, length in horizons.items():
        followed = int((observed >= length).sum())
        if followed == 0:
            continue
        incidence = 1 - float(survival.evaluate(length))
        low, high = 1 - float(band.high.evaluate(length)), 1 - float(band.low.evaluate(length))
        if incidence == 0:
            low, high = binomtest(0, followed).proportion_ci(footing.confidence, method="exact")
        rows.append(
            {
                "horizon": horizon,
                "incidence": incidence,
                "incidence_low": low if np.isfinite(low) else None,
                "incidence_high": high if np.isfinite(high) else None,
            }
        )
    return rows
