"""What the data can tell of the effect of a POH, by ``pipelines.statistics.effect``."""

import os
from pathlib import Path

from pipelines.statistics.comparison import Rules
from pipelines.statistics.effect import remembered_effects


def model(dbt, session):
    """One row per region, practice, outcome, comparison and year from the start."""
    dbt.config(materialized="table")
    rules = Rules(
        confidence=float(dbt.config.get("confidence")),
        quarters_around=int(dbt.config.get("quarters_around")),
        minimum_quarters=int(dbt.config.get("minimum_quarters")),
        minimum_practices=int(dbt.config.get("minimum_practices")),
        minimum_trajectories=int(dbt.config.get("minimum_trajectories")),
        minimum_practice_trajectories=int(dbt.config.get("minimum_practice_trajectories")),
        permutations=int(dbt.config.get("permutations")),
    )
    practices = dbt.ref("int_practices__exposed").pl()
    cells = dbt.ref("int_practice_quarters__counted").pl()
    # beside dbt's own target: what a run may forget without harm
    target = os.environ.get("JEUGDSPIEGEL_TARGET")
    kept_in = Path(target).parent / "estimates" if target else None
    return remembered_effects(practices, cells, rules, kept_in).to_arrow()
