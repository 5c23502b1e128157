with

trajectory_years as (

    select * from {{ ref('trajectory_years') }}

),

by_attribution as (

    select
        municipality_code,
        year,
        attribution,
        count(*) as trajectories,
        sum(cost_eur) as cost_eur
    from trajectory_years
    group by municipality_code, year, attribution

),

by_year as (

    select
        municipality_code,
        year,
        count(*) as trajectories,
        sum(cost_eur) as cost_eur
    from trajectory_years
    group by municipality_code, year

)

select
    by_attribution.municipality_code,
    by_attribution.year,
    by_attribution.attribution,
    by_attribution.trajectories,
    by_year.trajectories as trajectories_total,
    cast(by_attribution.trajectories as double) / by_year.trajectories as trajectories_share,
    cast(by_attribution.cost_eur as decimal(18, 2)) as cost_eur,
    cast(by_year.cost_eur as decimal(18, 2)) as cost_total_eur,
    cast(by_attribution.cost_eur as double) / nullif(cast(by_year.cost_eur as double), 0) as cost_share
from by_attribution
inner join by_year
    on
        by_attribution.municipality_code = by_year.municipality_code
        and by_attribution.year = by_year.year
