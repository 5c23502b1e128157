"""One asset per care profile: shows at a glance which care stopped arriving."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.assets.guard import RETRIES, WRITERS, no_values_in_errors
from pipelines.assets.reporting import OPERATORS, Stopwatch, quiet
from pipelines.census import ProfileCount, care_profile_counts
from pipelines.home import Home

GROUP = "care_profiles"

# The care profiles of the two pilot regions; `overig` is everything that no row of zorgprofielen matches.
CARE_PROFILES = {
    "ggz_kort_basis": "GGZ, short, basic",
    "ggz_kort_aanvullend": "GGZ, short, additional",
    "ggz_kort_intens": "GGZ, short, intensive",
    "ggz_specialistisch_basis": "GGZ, specialised, basic",
    "ggz_specialistisch_aanvullend": "GGZ, specialised, additional",
    "ggz_specialistisch_intens": "GGZ, specialised, intensive",
    "begeleiding_jmb": "Support for youth with a disability (JMB)",
    "bggz": "Basic mental-health care (BGGZ)",
    "sggz": "Specialised mental-health care (SGGZ)",
    "overig": "All other care, and every product code that zorgprofielen does not match",
}


@dg.multi_asset(
    name="care_profiles",
    description="Counts the declared lines of each care profile, by their product code.",
    retry_policy=RETRIES,
    pool=WRITERS,
    specs=[
        dg.AssetSpec(
            ["declarations", profile],
            description=f"{label}: lines and cents as declared, rejected and credited ones included.",
            group_name=GROUP,
            kinds={"duckdb"},
            owners=[OPERATORS],
            tags={"privacy": "pseudonymised"},
            deps=[["lake", "declaration_lines"], ["lake", "ledger"], ["reference", "zorgprofielen"]],
        )
        for profile, label in CARE_PROFILES.items()
    ],
)
def care_profiles(context: dg.AssetExecutionContext, home: dg.ResourceParam[Home]) -> Iterator[dg.Output]:
    """Count once; a profile is materialised when its counts changed, so that silence is seen."""
    taken = Stopwatch()
    with no_values_in_errors():
        counts = care_profile_counts(home, list(CARE_PROFILES))
    for profile, count in counts.items():
        key = dg.AssetKey(["declarations", profile])
        metadata: dict[str, Any] = {
            "dagster/row_count": count.lines,
            "cents": count.cents,
            "files": count.files,
            **_days(count),
            "path": dg.MetadataValue.path(str(home.lake / "declaration_lines")),
            **taken.metadata(),
        }
        if count.lines and _counts_before(context.instance, key) != (count.lines, count.cents):
            context.log_event(dg.AssetMaterialization(key, metadata=metadata))
        else:
            context.log_event(dg.AssetObservation(key, description="Nothing new.", metadata=metadata))
        yield quiet(f"declarations__{profile}")


def _days(count: ProfileCount) -> dict[str, str]:
    newest = {"last_period_from": count.last_period_from, "last_known_at": count.last_known_at}
    return {name: day.isoformat() for name, day in newest.items() if day is not None}


def _counts_before(instance: dg.DagsterInstance, key: dg.AssetKey) -> tuple[object, object] | None:
    """Lines and cents as the profile's last materialisation says."""
    event = instance.get_latest_materialization_event(key)
    if event is None or event.asset_materialization is None:
        return None
    metadata = event.asset_materialization.metadata
    lines, cents = (metadata[name].value if name in metadata else None for name in ("dagster/row_count", "cents"))
    return lines, cents
