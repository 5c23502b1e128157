with

practice_years as (

    select * from {{ ref('int_practice_years__counted') }}

),

years as (

    select * from {{ ref('int_completeness__by_year') }}

)

select
    practice_years.municipality_code,
    practice_years.practice_id,
    practice_years.year,
    practice_years.domain,
    practice_years.clients,
    practice_years.active,
    practice_years.started,
    practice_years.new,
    practice_years.extended,
    practice_years.carried_over,
    practice_years.converted,
    practice_years.unknown,
    practice_years.cost_eur,
    practice_years.cost_started_eur,
    practice_years.cost_carried_over_eur,
    coalesce(years.is_provisional, true) as is_provisional
from practice_years
left join years
    on
        practice_years.municipality_code = years.municipality_code
        and practice_years.year = years.care_year
