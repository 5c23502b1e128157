{{ config(materialized='view') }}

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

stretches as (

    select
        number_key,
        0 as version_number,
        case when is_allocated then 'allocation' else 'declarations' end as origin,
        sent_municipality_code,
        municipality_code,
        client_key,
        provider_agb,
        allocation_number,
        is_allocated,
        product_code,
        begins_on,
        ends_until,
        stopped_until,
        delivery_order,
        row_number
    from numbers

    union all

    select
        number_key,
        version_number,
        'moved_end' as origin,
        sent_municipality_code,
        municipality_code,
        client_key,
        provider_agb,
        allocation_number,
        true as is_allocated,
        product_code,
        begins_on,
        ends_until,
        stopped_until,
        delivery_order,
        row_number
    from extensions

)

-- version 0 is the first segment of a number; every other one is that of the version that moved its end out
select
    stretches.number_key,
    stretches.version_number,
    stretches.origin,
    stretches.sent_municipality_code,
    stretches.municipality_code,
    stretches.client_key,
    stretches.provider_agb,
    stretches.allocation_number,
    stretches.is_allocated,
    stretches.product_code,
    profiles.care_profile,
    profiles.domain,
    profiles.ggz_segment,
    stretches.begins_on,
    stretches.ends_until,
    stretches.stopped_until is not null as ends_by_stop,
    stretches.delivery_order,
    stretches.row_number
from stretches
inner join profiles
    on stretches.number_key = profiles.number_key
