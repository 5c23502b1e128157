with recursive

municipalities as (

    select * from {{ ref('stg_reference__gemeenten') }}

),

steps as (

    select
        successor_code as municipality_code,
        municipality_code as predecessor_code,
        1 as distance
    from municipalities
    where successor_code is not null and successor_code <> municipality_code

    union all

    select
        steps.municipality_code,
        municipalities.municipality_code as predecessor_code,
        steps.distance + 1 as distance
    from steps
    inner join municipalities
        on steps.predecessor_code = municipalities.successor_code
    where
        municipalities.municipality_code <> steps.municipality_code
        and steps.distance < 10

)

select
    municipality_code,
    predecessor_code,
    min(distance) as distance
from steps
group by municipality_code, predecessor_code
