"""The share with care within each horizon, by ``pipelines.statistics.followup``."""

import os
from pathlib import Path

from pipelines.statistics.followup import FOLLOWED, Footing, remembered_incidences


def model(dbt, session):
    """One row per group with enough persons and horizon that somebody has reached."""
    dbt.config(materialized="table")
    footing = Footing(
        confidence=float(dbt.config.get("confidence")), minimum_clients=int(dbt.config.get("minimum_clients"))
    )
    followed = dbt.ref("int_poh_followup__persons").filter("is_linked and days_observed >= 0").pl()
    horizons = dbt.ref("followup_categories").filter("measure = 'began_within'").project("category, days").fetchall()
    # beside dbt's own target: what a run may forget without harm
    target = os.environ.get("JEUGDSPIEGEL_TARGET")
    kept_in = Path(target).parent / "estimates" if target else None
    return remembered_incidences(followed.select(*FOLLOWED), dict(horizons), footing, kept_in).to_arrow()
