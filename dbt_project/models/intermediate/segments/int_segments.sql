with

numbers as (

    select * from {{ ref('int_segments__first') }}

),

profiles as (

    select * from {{ ref('int_care_profiles__matched') }}

),

extensions as (

    select * from {{ ref('int_segments__extended') }}

),

allocations as (

    select * from {{ ref('int_allocations__current') }}

),

stretches as (

    select
        number_key,
        0 as version_number,
        case when is_allocated then 'allocation' else 'declarations' end as origin,
        begins_on,
        ends_until,
        cast(null as varchar) as extending_sha256,
        cast(null as integer) as extending_row_number
    from numbers

    union all

    select
        number_key,
        version_number,
        'moved_end' as origin,
        begins_on,
        ends_until,
        file_sha256 as extending_sha256,
        row_number as extending_row_number
    from extensions

)

select
    concat(stretches.number_key, '#', cast(stretches.version_number as varchar)) as segment_key,
    stretches.number_key,
    stretches.origin,
    numbers.sent_municipality_code,
    numbers.municipality_code,
    numbers.client_key,
    numbers.provider_agb,
    numbers.allocation_number,
    numbers.product_code,
    profiles.care_profile,
    profiles.domain,
    profiles.ggz_segment,
    stretches.begins_on,
    stretches.ends_until,
    numbers.stopped_until is not null as ends_by_stop,
    coalesce(stretches.extending_sha256, allocations.file_sha256) as file_sha256,
    coalesce(stretches.extending_row_number, allocations.row_number) as row_number
from stretches
inner join numbers
    on stretches.number_key = numbers.number_key
inner join profiles
    on stretches.number_key = profiles.number_key
left join allocations
    on stretches.number_key = allocations.number_key
