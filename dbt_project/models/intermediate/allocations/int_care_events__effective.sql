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
        care_events.file_sha256,
        care_events.row_number,
        deliveries.delivery_order,
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
            care_events.municipality_code = numbers.municipality_code
            and care_events.allocation_number = numbers.allocation_number
            and care_events.client_key = numbers.client_key
    left join snapshot_rows
        on
            care_events.file_sha256 = snapshot_rows.file_sha256
            and care_events.row_number = snapshot_rows.row_number
    where care_events.source <> 'toewijzingen' or snapshot_rows.file_sha256 is not null

),

-- IV008: the same key with status 3 removes what was announced; the last message about a key decides
last_said as (

    select
        *,
        row_number() over (
            partition by number_key, event, product_category, product_code, begins_on, end_reason, ends_until
            order by delivery_order desc, row_number desc
        ) as position
    from accepted

)

select
    number_key,
    file_sha256,
    row_number,
    event,
    begins_on,
    ends_until,
    end_reason
from last_said
where position = 1 and delivery_status <> '3'
