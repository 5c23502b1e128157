with

segments as (

    select * from {{ ref('int_segments__attributed') }}

),

chains as (

    select * from {{ ref('int_numbers__chained') }}

),

members as (

    select
        chains.first_number_key,
        segments.care_position,
        segments.attribution,
        segments.practice_id
    from segments
    inner join chains
        on segments.number_key = chains.number_key

),

-- the earliest segment that has a practice, else the earliest
decisive as (

    select
        first_number_key,
        coalesce(min(care_position) filter (where practice_id is not null), min(care_position)) as care_position
    from members
    group by first_number_key

)

select
    decisive.first_number_key,
    members.attribution,
    members.practice_id,
    decisive.care_position as attributed_by_position
from decisive
inner join members
    on
        decisive.first_number_key = members.first_number_key
        and decisive.care_position = members.care_position
