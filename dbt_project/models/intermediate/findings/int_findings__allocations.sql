with

allocations as (

    select * from {{ ref('int_allocations__current') }}
    where not is_withdrawn

),

segments as (

    select * from {{ ref('int_segments__first') }}

),

requests as (

    select * from {{ ref('int_referral_requests__matched') }}
    where source = 'JW315'

),

care_events as (

    select * from {{ ref('int_care_events__effective') }}

),

delivered_events as (

    select * from {{ ref('stg_lake__care_events') }}

),

deliveries as (

    select * from {{ ref('int_deliveries__accepted') }}

),

numbers as (

    select * from {{ ref('int_numbers__looked_up') }}

),

counted_clients as (

    select
        municipality_code,
        allocation_number,
        count(*) as clients
    from allocations
    group by municipality_code, allocation_number

)

select
    'number_of_two_clients' as finding,
    allocations.municipality_code,
    cast(allocations.allocation_number as varchar) as reference,
    0 as cents,
    allocations.delivery_order,
    allocations.row_number
from allocations
inner join counted_clients
    on
        allocations.municipality_code = counted_clients.municipality_code
        and allocations.allocation_number = counted_clients.allocation_number
where counted_clients.clients > 1

union all

select
    'several_requests' as finding,
    segments.sent_municipality_code as municipality_code,
    cast(segments.allocation_number as varchar) as reference,
    0 as cents,
    requests.delivery_order,
    requests.row_number
from requests
inner join segments
    on requests.number_key = segments.number_key
where requests.position > 1

union all

select
    'stop_before_start' as finding,
    segments.sent_municipality_code as municipality_code,
    cast(segments.allocation_number as varchar) as reference,
    0 as cents,
    care_events.delivery_order,
    care_events.row_number
from care_events
inner join segments
    on care_events.number_key = segments.number_key
where
    care_events.event = 'stop'
    and care_events.ends_until <= coalesce(segments.first_start_on, segments.begins_on)

union all

select
    'care_event_without_allocation' as finding,
    delivered_events.municipality_code,
    coalesce(cast(delivered_events.allocation_number as varchar), 'no number') as reference,
    0 as cents,
    deliveries.delivery_order,
    delivered_events.row_number
from delivered_events
inner join deliveries
    on delivered_events.file_sha256 = deliveries.file_sha256
left join numbers
    on
        {{ allocation_key('delivered_events.municipality_code', 'delivered_events.allocation_number', 'delivered_events.client_key') }}
        = numbers.sent_key
        and delivered_events.allocation_number is not null
where numbers.number_key is null and delivered_events.source <> 'toewijzingen'
