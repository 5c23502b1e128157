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

stretches as (

    select
        first_number_key,
        count(*) as numbers,
        bool_or(is_allocated) as has_allocation,
        case when not bool_or(ends_until is null) then max(ends_until) end as ends_until
    from chains
    group by first_number_key

)

select
    md5(
        case
            when numbers.is_allocated
                then {{ allocation_label('numbers.sent_municipality_code', 'numbers.allocation_number', 'numbers.client_key') }}
            else {{ declared_label(
                'numbers.sent_municipality_code',
                'numbers.municipality_code',
                'numbers.allocation_number',
                'numbers.product_code',
                'numbers.client_key',
                'numbers.provider_agb'
            ) }}
        end
    ) as trajectory_id,
    stretches.first_number_key,
    numbers.municipality_code,
    numbers.client_key,
    numbers.provider_agb,
    profiles.care_profile,
    profiles.domain,
    profiles.ggz_segment,
    numbers.begins_on,
    stretches.ends_until,
    stretches.numbers,
    stretches.has_allocation,
    numbers.is_allocated as begins_with_allocation,
    numbers.allocated_from as first_allocated_from,
    numbers.has_conversion_reason
from stretches
inner join numbers
    on stretches.first_number_key = numbers.number_key
inner join profiles
    on stretches.first_number_key = profiles.number_key
