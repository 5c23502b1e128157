with

trajectories as (

    select * from {{ ref('int_trajectories') }}

),

chains as (

    select * from {{ ref('int_numbers__chained') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

summed_lines as (

    select * from {{ ref('int_lines__attached') }}

),

observed as (

    select * from {{ ref('int_municipalities__observed') }}

),

-- an open end goes on; years without any declared care are not shown
years as (

    select distinct care_year
    from summed_lines

),

active as (

    select
        chains.first_number_key,
        years.care_year,
        count(*) filter (where year(segments.begins_on) = years.care_year) as segments_started
    from segments
    inner join chains
        on segments.number_key = chains.number_key
    inner join years
        on
            year(segments.begins_on) <= years.care_year
            and (segments.ends_until is null or year({{ day_before('segments.ends_until') }}) >= years.care_year)
    group by chains.first_number_key, years.care_year

),

judged as (

    select
        active.first_number_key,
        active.care_year,
        active.segments_started,
        active.care_year = year(trajectories.begins_on) as is_first_year,
        coalesce(
            not trajectories.has_allocation
            and {{ first_of_month('trajectories.begins_on') }} = observed.first_month,
            false
        ) as is_unobserved,
        trajectories.has_conversion_reason
        or coalesce(trajectories.first_allocated_from = observed.converted_on, false) as is_converted
    from active
    inner join trajectories
        on active.first_number_key = trajectories.first_number_key
    left join observed
        on trajectories.municipality_code = observed.municipality_code

)

select
    first_number_key,
    care_year,
    segments_started,
    {{ trajectory_status('is_first_year', 'is_unobserved', 'is_converted', 'segments_started') }} as status
from judged
