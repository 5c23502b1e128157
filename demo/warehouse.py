"""What the marts say of an evaluation's practice or municipality."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb

from demo.statements import Evaluation, Figures

_YEAR_MEASURES = (
    "clients",
    "active",
    "started",
    "new",
    "extended",
    "carried_over",
    "converted",
    "unknown",
    "cost_eur",
    "cost_started_eur",
    "cost_carried_over_eur",
)
_BEFORE = ("2019-Q1", "2019-Q2", "2019-Q3", "2019-Q4")
_AFTER = ("2020-Q3", "2020-Q4", "2021-Q1", "2021-Q2")


def read_figures(connection: duckdb.DuckDBPyConnection, evaluation: Evaluation) -> Figures:
    """The figures with which an evaluation's statements are compared.

    Raises:
        duckdb.CatalogException: a mart is not there.
    """
    place = {"municipality": evaluation.municipality_code, "practice": evaluation.practice_id}

    def rows(query: str, **parameters: str) -> list[tuple[Any, ...]]:
        return connection.execute(query, parameters).fetchall()

    columns = ", ".join(f"cast(sum({name}) as decimal(18, 2))" for name in _YEAR_MEASURES)
    years = rows(
        f"select year, domain, {columns} from marts.practice_years where practice_id = $practice group by year, domain",
        practice=evaluation.practice_id,
    )
    profiles = rows(
        """
        select year, care_profile, status, sum(trajectories), sum(cost_eur)
        from marts.practice_trajectories
        where practice_id = $practice
        group by year, care_profile, status
        """,
        practice=evaluation.practice_id,
    )
    counts = rows(
        """
        select period_id, dimension, category, clients, denominator
        from marts.poh_counts
        where municipality_code = $municipality and practice_id = $practice
        """,
        **place,
    )
    money = rows(
        """
        select period_id, scenario, measure, value_eur
        from marts.poh_cost_benefit
        where municipality_code = $municipality and value_eur is not null
        """,
        municipality=evaluation.municipality_code,
    )
    answers = rows(
        """
        select period_id, audience, question, responses, mean_score, scale_max
        from marts.survey_results
        where municipality_code = $municipality and practice_id = $practice
        """,
        **place,
    )
    region = rows(
        """
        select year, domain, measure, value
        from marts.regional_comparison
        where region = $region and municipality_code = 'all' and practice_id = 'all'
        """,
        region=evaluation.region,
    )
    return Figures(
        years={
            (year, domain, name): value
            for year, domain, *values in years
            for name, value in zip(_YEAR_MEASURES, values, strict=True)
        },
        profiles={
            (year, profile, status, column): Decimal(value)
            for year, profile, status, *values in profiles
            for column, value in zip(("trajectories", "cost_eur"), values, strict=True)
        },
        counts={(period, dimension, category): (n, of) for period, dimension, category, n, of in counts},
        money={(period, scenario, measure): value for period, scenario, measure, value in money},
        answers={
            (period, audience, question): (n, None if mean is None else Decimal(str(mean)), Decimal(str(scale)))
            for period, audience, question, n, mean, scale in answers
        },
        region={(year, domain, measure): Decimal(value) for year, domain, measure, value in region},
        practices=_practices(connection, evaluation.municipality_code) if evaluation.practice_id == "all" else {},
    )


def read_parameters(connection: duckdb.DuckDBPyConnection) -> tuple[tuple[str, str], ...]:
    """Name and value of every parameter with which the warehouse was built and that has a value, by name.

    Raises:
        duckdb.CatalogException: ``ops.run_parameters`` is not there.
    """
    query = "select parameter, value from ops.run_parameters where value is not null order by parameter"
    return tuple((name, value) for name, value in connection.execute(query).fetchall())


def read_beyond(connection: duckdb.DuckDBPyConnection, evaluation: Evaluation) -> tuple[str, ...]:
    """What the figures rest on, and whether the POH made a difference: a document that says neither gets it beside it.

    Raises:
        duckdb.CatalogException: a mart is not there.
    """
    of_municipality = {"municipality": evaluation.municipality_code}
    money = connection.execute(
        """
        select year, coalesce(sum(cost_eur) filter (practice_id <> 'unattributed'), 0), sum(cost_eur)
        from marts.practice_years
        where municipality_code = $municipality and domain = 'all'
        group by year
        having sum(cost_eur) > 0
        order by year
        """,
        of_municipality,
    ).fetchall()
    linked = connection.execute(
        """
        select period_id, clients, denominator
        from marts.poh_followup
        where municipality_code = $municipality and practice_id = 'all'
            and outcome_group = 'all' and measure = 'coverage'
            and not regexp_full_match(period_id, '[0-9]{4}')
        order by period_id
        """,
        of_municipality,
    ).fetchall()
    effects = connection.execute(
        """
        select region, sentence
        from marts.practice_effect
        where practice_id = 'all' and comparison = 'with_against_without'
            and region in (select region from marts.practice_effect where municipality_code = $municipality)
        order by region, outcome
        """,
        of_municipality,
    ).fetchall()
    return (
        *(f"{year}: {100 * known / cost:.1f} % of the cost has a practice." for year, known, cost in money),
        *(f"{period}: {n:,} of {of:,} ended POH supports can be followed, by BSN." for period, n, of in linked),
        *(f"{region}: {sentence}" for region, sentence in effects),
    )


def _practices(connection: duckdb.DuckDBPyConnection, municipality_code: str) -> dict[str, tuple[int, int]]:
    """New GGZ trajectories per practice that ever took part; a quarter without any has no row, and counts as none."""
    found = connection.execute(
        """
        select
            practice_id,
            coalesce(sum(new_trajectories) filter (quarter in (select unnest($before))), 0),
            coalesce(sum(new_trajectories) filter (quarter in (select unnest($after))), 0)
        from marts.referral_trend
        where municipality_code = $municipality and domain = 'ggz' and quarters_since_poh_start is not null
        group by practice_id
        """,
        {"municipality": municipality_code, "before": list(_BEFORE), "after": list(_AFTER)},
    ).fetchall()
    return {practice: (int(before), int(after)) for practice, before, after in found}
