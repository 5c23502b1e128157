with

practice_years as (

    select * from {{ ref('int_practice_years__counted') }}

)

select
    municipality_code,
    practice_id,
    year,
    domain,
    clients,
    active,
    started,
    new,
    extended,
    carried_over,
    converted,
    unknown,
    cost_eur,
    cost_started_eur,
    cost_carried_over_eur
from practice_years
