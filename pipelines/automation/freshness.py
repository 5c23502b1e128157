"""How fresh the assets must be. Dagster's daemon compares the last materialisation with these policies.

A dataset or care profile is materialised when something of it arrived, so it goes overdue when its senders fall silent;
the publication is materialised by every night, also by one that finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster._core.definitions.freshness import TimeWindowFreshnessPolicy

from pipelines.assets.care_profiles import CARE_PROFILES
from pipelines.home import Home
from pipelines.settings import FreshnessSettings, load_settings

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


def overdue_assets(instance: dg.DagsterInstance, home: Home, now: datetime | None = None) -> Mapping[str, str]:
    """Assets that nothing arrived for longer than their warning window; each with the day of the last arrival.

    Dagster's daemon evaluates the same policies; it does not run where cron starts the command line.

    Args:
        instance: holds the materialisations.
        home: the home folder.
        now: default: the clock's time.

    Raises:
        ConfigurationError: jeugdspiegel.toml is wrong.
    """
    moment = now or datetime.now(UTC)
    overdue = {}
    for key, policy in freshness_policies(load_settings(home.settings_file).freshness, tuple(CARE_PROFILES)).items():
        event = instance.get_latest_materialization_event(key)
        if event is None or not isinstance(policy, TimeWindowFreshnessPolicy) or policy.warn_window is None:
            continue
        arrived = datetime.fromtimestamp(event.timestamp, UTC)
        if moment - arrived >= policy.warn_window.to_timedelta():
            overdue[key.to_user_string()] = arrived.date().isoformat()
    return overdue


def stay_fresh(instance: dg.DagsterInstance, reason: str) -> None:
    """Say that the publication is still the right one, on a night that had nothing to do."""
    instance.report_runless_asset_event(
        dg.AssetMaterialization(PUBLICATION, description=reason, metadata={"reason": reason, "is_built_again": False})
    )


def _window(warn_days: int, fail_days: int) -> dg.FreshnessPolicy:
    return dg.FreshnessPolicy.time_window(fail_window=timedelta(days=fail_days), warn_window=timedelta(days=warn_days))
