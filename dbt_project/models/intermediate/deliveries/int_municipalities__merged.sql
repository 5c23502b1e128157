with recursive

municipalities as (

    select * from {{ ref('stg_reference__gemeenten') }}

),

-- a merged code may merge again; a list that runs in a circle ends after ten steps
steps as (

    select
        municipality_code,
        successor_code,
        1 as distance
    from municipalities
    where successor_code is not null and successor_code <> municipality_code

    union all

    select
        steps.municipality_code,
        municipalities.successor_code,
        steps.distance + 1 as distance
    from steps
    inner join municipalities
        on steps.successor_code = municipalities.municipality_code
    where
        municipalities.successor_code is not null
        and municipalities.successor_code <> steps.municipality_code
        and steps.distance < 10

),

reached as (

    select
        municipality_code,
        successor_code,
        min(distance) as distance
    from steps
    group by municipality_code, successor_code

),

last_reached as (

    select
        municipality_code,
        max_by(successor_code, distance) as successor_code
    from reached
    group by municipality_code

)

select
    municipalities.municipality_code,
    coalesce(last_reached.successor_code, municipalities.municipality_code) as successor_code
from municipalities
left join last_reached
    on municipalities.municipality_code = last_reached.municipality_code
