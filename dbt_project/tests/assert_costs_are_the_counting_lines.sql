-- Σ cost_eur of trajectory_years = Σ cents of counting lines: no line is lost or counted twice on its way to a trajectory
{{ config(meta={'dagster': {'ref': {'name': 'trajectory_years'}}}) }}

with

counted as (

    select coalesce(sum(counted_cents), 0) as cents
    from {{ ref('int_lines__summed') }}

),

reported as (

    select coalesce(sum(cost_eur), 0) as eur
    from {{ ref('trajectory_years') }}

)

select
    counted.cents,
    reported.eur
from counted
cross join reported
where counted.cents <> reported.eur * 100
