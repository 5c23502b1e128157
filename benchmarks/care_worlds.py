"""Made-up care, and the tables that follow from it: sparse or dense, with a few clients who cost a lot.

The tables are aggregated here once more, in polars, from the same definitions as the models; nothing is read from dbt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from pipelines.disclosure.facts import Facts

STATUSES: Final = ("new", "extended", "carried_over", "converted", "unknown")
_PROFILES: Final = tuple((f"profile_{number}", "ggz" if number < 6 else "overig") for number in range(10))
_PLACE: Final = ["municipality_code", "practice_id", "year"]
_ATTRIBUTIONS: Final = ("agb_practice", "agb_practitioner", "name", "inherited", "unresolved", "not_gp", "none")


@dataclass(frozen=True)
class World:
    """How much care there is.

    Attributes:
        practices: over all municipalities.
        municipalities: over all regions; the last has no region.
        regions: number of them.
        years: from 2018 on.
        per_year: mean number of trajectories of a practice in a year.
        profiles: of the ten, how many are used.
    """

    practices: int
    municipalities: int
    regions: int
    years: int
    per_year: float
    profiles: int = 10


def facts_of(world: World, seed: int) -> Facts:
    """The exact tables of a world, with who is behind them."""
    return tables_from(contributions_of(world, seed), world)


def contributions_of(world: World, seed: int) -> pl.DataFrame:
    """One row per trajectory and year, as disclosure control reads it."""
    random = np.random.default_rng(seed)
    size = np.maximum(random.poisson(world.per_year * random.gamma(2.0, 0.5, (world.practices + 1, world.years))), 0)
    practice, year = np.divmod(np.repeat(np.arange(size.size), size.ravel()), world.years)
    rows = len(practice)
    municipality = np.where(
        practice < world.practices, practice % world.municipalities, random.integers(0, world.municipalities, rows)
    )
    profile = np.minimum(random.geometric(0.25, rows) - 1, world.profiles - 1)
    status = random.choice(len(STATUSES), rows, p=[0.5, 0.15, 0.28, 0.05, 0.02])
    # some clients have several trajectories, also at one practice
    client = practice * 100_000 + random.integers(0, max(int(2 * world.per_year), 4), rows)
    cents = np.round(100 * random.lognormal(7.5, 1.3, rows)).astype(np.int64)
    has_practice = practice < world.practices
    attribution = np.where(has_practice, random.integers(0, 4, rows), random.integers(4, 7, rows))
    return pl.DataFrame(
        {
            "municipality_code": [f"{code + 1:04d}" for code in municipality],
            "practice_id": [f"practice_{p}" if p < world.practices else "unattributed" for p in practice],
            "year": (2018 + year).astype(np.int32),
            "care_profile": [_PROFILES[p][0] for p in profile],
            "domain": [_PROFILES[p][1] for p in profile],
            "status": [STATUSES[s] for s in status],
            "attribution": [_ATTRIBUTIONS[a] for a in attribution],
            "client_key": [f"{key:032x}" for key in client],
            "quarter": [f"{2018 + y}-Q{q}" for y, q in zip(year, random.integers(1, 5, rows), strict=True)],
            "cents": cents,
            "open_cents": np.where(random.random(rows) < 0.1, cents // 3, 0),
        }
    ).with_columns(client=pl.col("client_key").rank("dense"))


def tables_from(contributions: pl.DataFrame, world: World) -> Facts:
    """The five tables on care that follow from contributions."""
    everything = pl.concat([contributions, contributions.with_columns(domain=pl.lit("all"))])
    years = _practice_years(everything)
    return Facts(
        tables={
            "practice_trajectories": contributions.group_by(*_PLACE, "care_profile", "status")
            .agg(
                trajectories=pl.len().cast(pl.Int64),
                clients=pl.col("client").n_unique().cast(pl.Int64),
                cost_eur=_euros("cents"),
                cost_open_eur=_euros("open_cents"),
            )
            .sort(*_PLACE, "care_profile", "status"),
            "practice_years": years,
            "referral_trend": everything.filter(pl.col("status") == "new")
            .group_by("municipality_code", "practice_id", "quarter", "domain")
            .agg(new_trajectories=pl.len().cast(pl.Int64))
            .with_columns(new_per_1000=pl.col("new_trajectories") / 2.5)
            .sort("municipality_code", "practice_id", "quarter", "domain"),
            "attribution_coverage": _coverage(contributions),
            "regional_comparison": _comparison(years, world),
            "attributions": pl.DataFrame(
                {"attribution": _ATTRIBUTIONS, "has_practice": [place < 4 for place in range(len(_ATTRIBUTIONS))]}
            ),
        },
        contributions=contributions,
        periods=pl.DataFrame(
            schema={"subject": pl.String, "period_id": pl.String, "starts_on": pl.Date, "ends_until": pl.Date}
        ),
        base_year=2018,
    )


def _euros(column: str) -> pl.Expr:
    return (pl.col(column).sum().cast(pl.Decimal(18, 2)) / 100).cast(pl.Decimal(18, 2))


def _practice_years(everything: pl.DataFrame) -> pl.DataFrame:
    def counted(*statuses: str) -> pl.Expr:
        return pl.col("status").is_in(statuses).sum().cast(pl.Int64)

    def cost(*statuses: str) -> pl.Expr:
        paid = pl.col("cents").filter(pl.col("status").is_in(statuses))
        return (paid.sum().cast(pl.Decimal(18, 2)) / 100).cast(pl.Decimal(18, 2))

    return (
        everything.group_by(*_PLACE, "domain")
        .agg(
            clients=pl.col("client").n_unique().cast(pl.Int64),
            active=pl.len().cast(pl.Int64),
            started=counted("new", "extended"),
            **{status: counted(status) for status in STATUSES},
            cost_eur=_euros("cents"),
            cost_started_eur=cost("new", "extended"),
            cost_carried_over_eur=cost("carried_over"),
        )
        .sort(*_PLACE, "domain")
    )


def _coverage(contributions: pl.DataFrame) -> pl.DataFrame:
    keys = ["municipality_code", "year"]
    parts = contributions.group_by(*keys, "attribution").agg(
        trajectories=pl.len().cast(pl.Int64), cost_eur=_euros("cents")
    )
    whole = contributions.group_by(keys).agg(trajectories_total=pl.len().cast(pl.Int64), cost_total_eur=_euros("cents"))
    return (
        parts.join(whole, on=keys)
        .with_columns(
            trajectories_share=pl.col("trajectories") / pl.col("trajectories_total"),
            cost_share=pl.col("cost_eur").cast(pl.Float64) / pl.col("cost_total_eur").cast(pl.Float64),
        )
        .sort(*keys, "attribution")
    )


def _comparison(years: pl.DataFrame, world: World) -> pl.DataFrame:
    codes = [f"{code + 1:04d}" for code in range(world.municipalities)]
    regions = pl.DataFrame(
        {"municipality_code": codes, "region": [f"region_{place % world.regions}" for place in range(len(codes))]}
    ).with_columns(
        region=pl.when((pl.col("municipality_code") == codes[-1]) & (len(codes) > 1)).then(None).otherwise("region")
    )
    measured = (
        years.select(
            *_PLACE,
            "domain",
            *(pl.col(name).cast(pl.Decimal(18, 2)) for name in ("active", "started", "new", "cost_eur")),
        )
        .unpivot(index=[*_PLACE, "domain"], variable_name="measure")
        .join(regions, on="municipality_code")
    )
    keys = ["region", "municipality_code", "practice_id", "year", "domain", "measure"]
    named = measured.with_columns(pl.col("region").fill_null("unknown")).select(*keys, "value")
    in_region = named.filter(pl.col("region") != "unknown")
    total = pl.col("value").sum()
    municipality = named.group_by("region", "municipality_code", "year", "domain", "measure").agg(total)
    region = in_region.group_by("region", "year", "domain", "measure").agg(total)
    practices = in_region.select("region", "municipality_code", "practice_id").unique()
    own = in_region.group_by("region", "practice_id", "year", "domain", "measure").agg(own=pl.col("value").sum())
    rest = (
        practices.filter(pl.col("practice_id") != "unattributed")
        .join(region, on="region")
        .join(own, on=["region", "practice_id", "year", "domain", "measure"], how="left")
        .with_columns(
            value=(pl.col("value") - pl.col("own").fill_null(0)).cast(pl.Decimal(18, 2)),
            measure=pl.concat_str("measure", pl.lit("_rest_of_region")),
        )
    )
    levels = pl.concat(
        [
            frame.with_columns(
                [
                    pl.lit("all").alias(name)
                    for name in ("municipality_code", "practice_id")
                    if name not in frame.columns
                ]
            ).select(*keys, pl.col("value").cast(pl.Decimal(18, 2)))
            for frame in (named, municipality, region, rest)
        ]
    )
    base = levels.filter(pl.col("year") == 2018).select(*(key for key in keys if key != "year"), base="value")
    indexed = levels.join(base, on=[key for key in keys if key != "year"], how="left")
    ratio = pl.col("value").cast(pl.Float64) * 100 / pl.col("base").cast(pl.Float64)
    return indexed.with_columns(index=pl.when(pl.col("base") != 0).then(ratio)).drop("base").sort(keys)
