"""One row per longest gap and row of practice_years: the same models with other trajectories."""

from pipelines.transformation.vintages import calculate_gaps


def model(dbt, session):
    """Calculates the gaps of int_definitions__planned that the build itself has not."""
    dbt.config(materialized="table")
    dbt.ref("int_practice_years__counted")
    return calculate_gaps(session, dbt.ref("int_definitions__planned"))
