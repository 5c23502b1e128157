with

trajectory_years as (

    select * from {{ ref('trajectory_years') }}

),

years as (

    select * from {{ ref('int_completeness__by_year') }}

),

counted as (

    select
        municipality_code,
        practice_id,
        year,
        care_profile,
        status,
        count(*) as trajectories,
        count(distinct client_key) as clients,
        cast(sum(cost_eur) as decimal(18, 2)) as cost_eur,
        cast(sum(cost_open_eur) as decimal(18, 2)) as cost_open_eur
    from trajectory_years
    group by municipality_code, practice_id, year, care_profile, status

)

select
    counted.municipality_code,
    counted.practice_id,
    counted.year,
    counted.care_profile,
    counted.status,
    counted.trajectories,
    counted.clients,
    counted.cost_eur,
    counted.cost_open_eur,
    coalesce(years.is_provisional, true) as is_provisional
from counted
left join years
    on
        counted.municipality_code = years.municipality_code
        and counted.year = years.care_year
