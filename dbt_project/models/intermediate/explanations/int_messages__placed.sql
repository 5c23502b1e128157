{{ config(materialized='view') }}

with

placed_numbers as (

    select * from {{ ref('int_numbers__placed') }}

),

versions as (

    select * from {{ ref('int_allocations__versions') }}

),

care_events as (

    select * from {{ ref('int_care_events__effective') }}

),

requests as (

    select * from {{ ref('int_referral_requests__matched') }}

),

lines as (

    select * from {{ ref('int_lines__placed') }}

),

deliveries as (

    select * from {{ ref('int_deliveries__accepted') }}

),

told as (

    select
        number_key,
        delivery_order,
        row_number,
        concat(
            'allocation, version ',
            cast(version_number as varchar),
            case when is_current then ' (current)' else '' end,
            case when moves_end_out then ', moves the end out' else '' end
        ) as role,
        starts_on as from_on,
        ends_until as until
    from versions

    union all

    select
        number_key,
        delivery_order,
        row_number,
        case event when 'start' then 'start of care' else concat('stop of care, reason ', end_reason) end as role,
        begins_on as from_on,
        ends_until as until
    from care_events

    union all

    select
        number_key,
        delivery_order,
        row_number,
        case when position = 1 then 'request' else 'request, later than the one that holds' end as role,
        known_at as from_on,
        cast(null as date) as until
    from requests

    union all

    select
        number_key,
        delivery_order,
        row_number,
        'declaration line' as role,
        period_from as from_on,
        period_until as until
    from lines

    union all

    select distinct
        number_key,
        answer_order as delivery_order,
        0 as row_number,
        'answer' as role,
        cast(null as date) as from_on,
        cast(null as date) as until
    from lines
    where answer_order is not null

)

select
    placed_numbers.trajectory_id,
    told.number_key,
    deliveries.file_name,
    deliveries.file_sha256,
    told.row_number,
    deliveries.kind,
    deliveries.message_date,
    told.role,
    told.from_on,
    told.until
from told
inner join placed_numbers
    on told.number_key = placed_numbers.number_key
inner join deliveries
    on told.delivery_order = deliveries.delivery_order
