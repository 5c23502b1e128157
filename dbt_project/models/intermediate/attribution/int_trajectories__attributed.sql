with

segments as (

    select * from {{ ref('int_segments__attributed') }}

),

chains as (

    select * from {{ ref('int_numbers__chained') }}

),

-- the earliest segment that has a practice, else the earliest; on one day the lower allocation number
ranked as (

    select
        chains.trajectory_id,
        segments.segment_key,
        segments.attribution,
        segments.practice_id,
        row_number() over (
            partition by chains.trajectory_id
            order by
                segments.practice_id is null,
                segments.begins_on,
                segments.allocation_number nulls last,
                segments.segment_key
        ) as position
    from segments
    inner join chains
        on segments.number_key = chains.number_key

)

select
    trajectory_id,
    attribution,
    practice_id,
    segment_key as attributed_by_segment_key
from ranked
where position = 1
