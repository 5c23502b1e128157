"""How fresh the assets must be. Dagster's daemon compares the last materialisation with these policies.

A dataset or care profile is materialised when something of it arrived, so it goes overdue when its senders fall silent;
the publication is materialised by every night, also by one that finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import dagster as dg

from pipelines.settings import FreshnessSettings

PUBLICATION = dg.AssetKey("publication")
_TIME_ZONE = "Europe/Amsterdam"


def freshness_policies(
    settings: FreshnessSettings, care_profiles: Sequence[str]
) -> Mapping[dg.AssetKey, dg.FreshnessPolicy]:
    """The policy of each asset that has one."""
    hour, minute = settings.published_by.split(":")
    published = dg.FreshnessPolicy.cron(
        deadline_cron=f"{int(minute)} {int(hour)} * * *",
        lower_bound_delta=timedelta(hours=settings.published_within_hours),
        timezone=_TIME_ZONE,
    )
    declarations = _window(settings.declarations_warn_days, settings.declarations_fail_days)
    return {
        PUBLICATION: published,
        dg.AssetKey(["lake", "allocations"]): _window(settings.allocations_warn_days, settings.allocations_fail_days),
        dg.AssetKey(["lake", "poh_registrations"]): _window(settings.poh_warn_days, settings.poh_fail_days),
        **{dg.AssetKey(["declarations", profile]): declarations for profile in care_profiles},
    }


def with_freshness(
    assets: Sequence[dg.AssetsDefinition], policies: Mapping[dg.AssetKey, dg.FreshnessPolicy]
) -> Sequence[dg.AssetsDefinition]:
    """The assets, each with its policy if it has one."""

    def apply(spec: dg.AssetSpec) -> dg.AssetSpec:
        policy = policies.get(spec.key)
        return spec if policy is None else dg.apply_freshness_policy(spec, policy)

    return list(dg.map_asset_specs(apply, assets))


def stay_fresh(instance: dg.DagsterInstance, reason: str) -> None:
    """Say that the publication is still the right one, on a night that had nothing to do."""
    instance.report_runless_asset_event(
        dg.AssetMaterialization(PUBLICATION, description=reason, metadata={"reason": reason, "is_built_again": False})
    )


def _window(warn_days: int, fail_days: int) -> dg.FreshnessPolicy:
    return dg.FreshnessPolicy.time_window(fail_window=timedelta(days=fail_days), warn_window=timedelta(days=warn_days))
