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
        chains.first_number_key,
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
        first_number_key,
        count(*) as numbers,
        bool_or(is_allocated) as has_allocation,
        case when not bool_or(ends_until is null) then max(ends_until) end as ends_until
    from members
    group by first_number_key

)

select
    md5(
        case
            when members.is_allocated
                then {{ allocation_label('members.sent_municipality_code', 'members.allocation_number', 'members.client_key') }}
            else {{ declared_label(
                'members.sent_municipality_code',
                'members.municipality_code',
                'members.allocation_number',
                'members.product_code',
                'members.client_key',
                'members.provider_agb'
            ) }}
        end
    ) as trajectory_id,
    members.first_number_key,
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
    on members.first_number_key = stretches.first_number_key
where members.position = 1
