"""The normally known share of the final amount at each age, by ``pipelines.transformation.completeness``."""

import os
from pathlib import Path

from pipelines.transformation.completeness import DEVELOPMENT, Reach, remembered_shares


def model(dbt, session):
    """One row per group with enough data and age."""
    dbt.config(materialized="table")
    reach = Reach(
        horizon_months=int(dbt.config.get("horizon_months")), minimum_months=int(dbt.config.get("minimum_months"))
    )
    development = (
        dbt.ref("int_declarations__developed")
        .filter("is_followed")
        .aggregate(
            "municipality_code, care_profile, care_month, delay_months, age_months, "
            "cast(sum(cents) as bigint) as cents",
            "municipality_code, care_profile, care_month, delay_months, age_months",
        )
        .pl()
    )
    # beside dbt's own target: what a run may forget without harm
    target = os.environ.get("JEUGDSPIEGEL_TARGET")
    kept_in = Path(target).parent / "estimates" if target else None
    return remembered_shares(development.select(*DEVELOPMENT), reach, kept_in).to_arrow()
