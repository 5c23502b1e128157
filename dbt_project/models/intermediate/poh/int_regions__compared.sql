with practice_years as (

    select * from {{ ref('practice_years') }}

),

municipalities as (

    select * from {{ ref('stg_reference__gemeenten') }}

),

-- Only measures that add up over practices: clients do not, so a region minus a practice would be wrong for them.
measured as (

    select
        municipality_code,
        practice_id,
        year,
        domain,
        'active' as measure,
        cast(active as decimal(18, 2)) as value
    from practice_years
    union all
    select
        municipality_code,
        practice_id,
        year,
        domain,
        'started' as measure,
        cast(started as decimal(18, 2)) as value
    from practice_years
    union all
    select
        municipality_code,
        practice_id,
        year,
        domain,
        'new' as measure,
        cast(new as decimal(18, 2)) as value
    from practice_years
    union all
    select
        municipality_code,
        practice_id,
        year,
        domain,
        'cost_eur' as measure,
        cost_eur as value
    from practice_years

)

select
    municipalities.region,
    measured.municipality_code,
    measured.practice_id,
    measured.year,
    measured.domain,
    measured.measure,
    measured.value
from measured
left join municipalities
    on measured.municipality_code = municipalities.municipality_code
