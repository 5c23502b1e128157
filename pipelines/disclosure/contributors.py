"""Who is behind a cell: how many clients, what the largest have of its euros, and whether enough of them changed.

A *scope* is the group of trajectories of a cell: ``0988|stramproy|2019|D:ggz|started``. Its parts are municipality,
practice, year, domain (``D:``) or care profile (``P:``), and status or roll-up; ``*`` is all practices, ``R:`` a
region.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

import polars as pl

from pipelines.disclosure.facts import Facts
from pipelines.settings import DisclosureSettings

SEPARATOR: Final = "|"
_BUCKETS: Final = 64
_DIGEST_MODULUS: Final = 65_521
_ROLL_UPS: Final = {"active": None, "started": ("new", "extended"), "other": ("converted", "unknown")}


def scope(municipality: pl.Expr, practice: pl.Expr, year: pl.Expr, kind: pl.Expr, group: pl.Expr) -> pl.Expr:
    """The name of a group of trajectories."""
    return pl.concat_str([municipality, practice, year.cast(pl.String), kind, group], separator=SEPARATOR)


def domain_kind(domain: str = "domain") -> pl.Expr:
    """The fourth part of a scope, for a domain."""
    return pl.concat_str(pl.lit("D:"), pl.col(domain))


def profile_kind() -> pl.Expr:
    """The fourth part of a scope, for a care profile."""
    return pl.concat_str(pl.lit("P:"), pl.col("care_profile"))


def region_name(region: str = "region") -> pl.Expr:
    """The first part of a scope, for a region."""
    return pl.concat_str(pl.lit("R:"), pl.col(region))


def scoped_contributions(facts: Facts, regions: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Per kind of scope: scope, client, bucket, cents, open_cents; one row per client of a scope.

    Args:
        facts: with the contributions.
        regions: municipality_code and region, of municipalities that have one.
    """
    clients = facts.contributions.select("client_key", "client").unique()
    bucket = pl.Series("bucket", [_bucket(key) for key in clients["client_key"]], dtype=pl.UInt8)
    base = facts.contributions.join(clients.select("client").with_columns(bucket), on="client").drop("client_key")
    municipality, practice, year = pl.col("municipality_code"), pl.col("practice_id"), pl.col("year")
    everyone = pl.lit("*")
    yield _summed(base, scope(municipality, practice, year, profile_kind(), pl.col("status")))
    in_domains = pl.concat([base, base.with_columns(domain=pl.lit("all"))])
    in_groups = pl.concat(
        [in_domains.with_columns(group=pl.col("status"))]
        + [
            (in_domains if statuses is None else in_domains.filter(pl.col("status").is_in(statuses))).with_columns(
                group=pl.lit(group)
            )
            for group, statuses in _ROLL_UPS.items()
        ]
    )
    group = pl.col("group")
    yield _summed(in_groups, scope(municipality, practice, year, domain_kind(), group))
    compared = in_groups.filter(group.is_in(["active", "started", "new"])).join(
        regions, on="municipality_code", how="left"
    )
    yield _summed(compared, scope(municipality, everyone, year, domain_kind(), group))
    in_region = compared.filter(pl.col("region").is_not_null())
    yield _summed(in_region, scope(region_name(), everyone, year, domain_kind(), group))
    yield _summed(in_region, scope(region_name(), practice, year, domain_kind(), group))
    yield _summed(base, scope(municipality, everyone, year, pl.lit("A"), pl.col("attribution")))
    started = in_domains.filter(pl.col("status") == "new")
    yield _summed(started, scope(municipality, practice, pl.col("quarter"), domain_kind(), pl.lit("new")))


def judged(contributions: pl.DataFrame, settings: DisclosureSettings) -> pl.DataFrame:
    """Per scope: clients, is_small, is_dominated, is_open_dominated, floor and open_floor in euros, largest amounts.

    Shares are of absolute amounts, so that a credit cannot hide a large client behind a small total.
    """
    return contributions.group_by("scope").agg(
        pl.len().cast(pl.Int64).alias("clients"),
        (pl.len() < settings.minimum_clients).alias("is_small"),
        _is_dominated("cents", settings).alias("is_dominated"),
        _is_dominated("open_cents", settings).alias("is_open_dominated"),
        _floor("cents").alias("floor"),
        _floor("open_cents").alias("open_floor"),
        (pl.col("cents").abs().max() / 100).alias("largest_eur"),
        (pl.col("cents").abs().top_k(2).sum() / 100).alias("two_largest_eur"),
        (pl.col("cents").abs().sum() / 100).alias("size_eur"),
    )


def traced(contributions: pl.DataFrame) -> pl.DataFrame:
    """Per scope a text of digests: as many of them change as clients' euros did, at most one per client.

    Clients are thrown into 64 groups; a digest of 16 bits says whether a group's sum is the same as before and no more.
    """
    sums = contributions.group_by("scope", "bucket").agg(pl.col("cents").sum())
    digest = ((pl.col("cents") * 40_503 + pl.col("bucket").cast(pl.Int64) * 257) % _DIGEST_MODULUS).cast(pl.Int64)
    buckets = [str(bucket) for bucket in range(_BUCKETS)]
    wide = sums.with_columns(digest=digest).pivot("bucket", index="scope", values="digest", on_columns=range(_BUCKETS))
    return wide.select(
        "scope", trace=pl.concat_str([pl.col(bucket).fill_null(-1) for bucket in buckets], separator=" ")
    )


def changed_clients(before: str | None, after: str | None) -> int:
    """At least this many clients' euros differ between two traces; 0 when one is not known."""
    if not before or not after:
        return 0
    return sum(old != new for old, new in zip(before.split(" "), after.split(" "), strict=False))


def _bucket(client_key: str) -> int:
    return hashlib.blake2b(client_key.encode(), digest_size=1).digest()[0] % _BUCKETS


def _summed(frame: pl.DataFrame, name: pl.Expr) -> pl.DataFrame:
    return (
        frame.with_columns(scope=name)
        .group_by("scope", "client")
        .agg(pl.col("bucket").first(), pl.col("cents", "open_cents").sum())
    )


def _is_dominated(column: str, settings: DisclosureSettings) -> pl.Expr:
    sizes = pl.col(column).abs()
    total = sizes.sum()
    return (sizes.max() > settings.largest_client_share * total) | (
        sizes.top_k(2).sum() > settings.two_largest_clients_share * total
    )


def _floor(column: str) -> pl.Expr:
    """An outsider takes euros for positive; where credits count, for no lower than twice what they come to."""
    return pl.col(column).filter(pl.col(column) < 0).sum() / 50.0
