"""One row per scenario of int_vintages__planned and row of practice_years: the same models on what was known then."""

from pipelines.transformation.vintages import calculate_vintages


def model(dbt, session):
    """Calculates what is not kept from an earlier night."""
    dbt.config(materialized="table")
    dbt.ref("int_practice_years__counted")
    return calculate_vintages(session, dbt.ref("int_vintages__planned"))
