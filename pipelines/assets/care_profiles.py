"""One asset per care profile: shows at a glance which care stopped arriving."""

from collections.abc import Iterator

import dagster as dg

from pipelines.assets.guard import no_values_in_errors
from pipelines.census import care_profile_counts
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
    specs=[
        dg.AssetSpec(
            ["declarations", profile],
            description=f"{label}: lines and cents as declared, rejected and credited ones included.",
            group_name=GROUP,
            kinds={"duckdb"},
            deps=[["lake", "declaration_lines"], ["lake", "ledger"], ["reference", "zorgprofielen"]],
        )
        for profile, label in CARE_PROFILES.items()
    ],
)
def care_profiles(home: dg.ResourceParam[Home]) -> Iterator[dg.MaterializeResult]:
    """Count once, report per profile."""
    with no_values_in_errors():
        counts = care_profile_counts(home, list(CARE_PROFILES))
    for profile, count in counts.items():
        newest = {"last_period_from": count.last_period_from, "last_known_at": count.last_known_at}
        yield dg.MaterializeResult(
            asset_key=["declarations", profile],
            metadata={
                "dagster/row_count": count.lines,
                "cents": count.cents,
                **{name: day.isoformat() for name, day in newest.items() if day is not None},
            },
        )
