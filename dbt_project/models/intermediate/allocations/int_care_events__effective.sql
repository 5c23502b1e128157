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

-- few numbers have two starts or two stops: those are found first, so that the others need not be put in order
several as (

    select
        number_key,
        event
    from accepted
    group by number_key, event
    having count(*) > 1

),

-- IV008: the same key with status 3 removes what was announced; the last message about a key decides
ordered as (

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
    inner join several
        on
            accepted.number_key = several.number_key
            and accepted.event = several.event

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
left join ordered
    on
        accepted.delivery_order = ordered.delivery_order
        and accepted.row_number = ordered.row_number
        and accepted.event = ordered.event
where coalesce(ordered.position = 1, true) and accepted.delivery_status <> '3'
