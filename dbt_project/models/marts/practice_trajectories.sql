with

trajectory_years as (

    select * from {{ ref('trajectory_years') }}

)

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
