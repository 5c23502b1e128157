with

numbers as (

    select * from {{ ref('int_segments__first') }}

),

profiles as (

    select * from {{ ref('int_care_profiles__matched') }}

),

chains as (

    select * from {{ ref('int_numbers__chained') }}

),

members as (

    select
        chains.trajectory_id,
        chains.position,
        numbers.*,
        profiles.care_profile,
        profiles.domain,
        profiles.ggz_segment
    from chains
    inner join numbers
        on chains.number_key = numbers.number_key
    inner join profiles
        on chains.number_key = profiles.number_key

),

stretches as (

    select
        trajectory_id,
        count(*) as numbers,
        bool_or(is_allocated) as has_allocation,
        case when not bool_or(ends_until is null) then max(ends_until) end as ends_until
    from members
    group by trajectory_id

)

select
    members.trajectory_id,
    members.number_key as first_number_key,
    members.municipality_code,
    members.client_key,
    members.provider_agb,
    members.care_profile,
    members.domain,
    members.ggz_segment,
    members.begins_on,
    stretches.ends_until,
    stretches.numbers,
    stretches.has_allocation,
    members.is_allocated as begins_with_allocation,
    members.allocated_from as first_allocated_from,
    members.has_conversion_reason
from members
inner join stretches
    on members.trajectory_id = stretches.trajectory_id
where members.position = 1
