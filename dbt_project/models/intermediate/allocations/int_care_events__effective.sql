with

care_events as (

    select * from {{ ref('stg_lake__care_events') }}
    where allocation_number is not null

),

deliveries as (

    select * from {{ ref('int_deliveries__accepted') }}
    where kind in ('JW305', 'JW307', 'toewijzingen')

),

numbers as (

    select * from {{ ref('int_numbers__looked_up') }}

),

snapshot_rows as (

    select * from {{ ref('int_allocations__accepted') }}
    where is_version and is_snapshot

),

-- what stands in a superseded row of a snapshot was superseded with it
accepted as (

    select
        numbers.number_key,
        deliveries.delivery_order,
        care_events.row_number,
        care_events.event,
        care_events.product_category,
        care_events.product_code,
        care_events.begins_on,
        care_events.ends_until,
        care_events.end_reason,
        care_events.delivery_status
    from care_events
    inner join deliveries
        on care_events.file_sha256 = deliveries.file_sha256
    inner join numbers
        on
            {{ allocation_key('care_events.municipality_code', 'care_events.allocation_number', 'care_events.client_key') }}
            = numbers.sent_key
    left join snapshot_rows
        on
            deliveries.delivery_order = snapshot_rows.delivery_order
            and care_events.row_number = snapshot_rows.row_number
    where care_events.source <> 'toewijzingen' or snapshot_rows.delivery_order is not null

),

-- few are said twice: those are found first, so that the others need not be put in order
repeated_keys as (

    select
        number_key,
        event,
        product_category,
        product_code,
        begins_on,
        end_reason,
        ends_until
    from accepted
    group by number_key, event, product_category, product_code, begins_on, end_reason, ends_until
    having count(*) > 1

),

-- IV008: the same key with status 3 removes what was announced; the last message about a key decides
repeated as (

    select
        accepted.delivery_order,
        accepted.row_number,
        accepted.event,
        row_number() over (
            partition by
                accepted.number_key,
                accepted.event,
                accepted.product_category,
                accepted.product_code,
                accepted.begins_on,
                accepted.end_reason,
                accepted.ends_until
            order by accepted.delivery_order desc, accepted.row_number desc
        ) as position
    from accepted
    inner join repeated_keys
        on
            accepted.number_key = repeated_keys.number_key
            and accepted.event = repeated_keys.event
            and accepted.product_category is not distinct from repeated_keys.product_category
            and accepted.product_code is not distinct from repeated_keys.product_code
            and accepted.begins_on is not distinct from repeated_keys.begins_on
            and accepted.end_reason is not distinct from repeated_keys.end_reason
            and accepted.ends_until is not distinct from repeated_keys.ends_until

)

-- one row of an export tells a start and a stop
select
    accepted.number_key,
    accepted.delivery_order,
    accepted.row_number,
    accepted.event,
    accepted.begins_on,
    accepted.ends_until,
    accepted.end_reason
from accepted
left join repeated
    on
        accepted.delivery_order = repeated.delivery_order
        and accepted.row_number = repeated.row_number
        and accepted.event = repeated.event
where coalesce(repeated.position = 1, true) and accepted.delivery_status <> '3'
