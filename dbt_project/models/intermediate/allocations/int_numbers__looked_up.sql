with

summed_lines as (

    select * from {{ ref('int_lines__summed') }}
    where allocation_number is not null

),

care_events as (

    select * from {{ ref('stg_lake__care_events') }}
    where allocation_number is not null

),

deliveries as (

    select * from {{ ref('int_deliveries__accepted') }}
    where kind in ('JW305', 'JW307', 'toewijzingen')

),

standing as (

    select number_key
    from {{ ref('int_allocations__versions') }}
    where is_current and not is_withdrawn

),

predecessors as (

    select * from {{ ref('int_municipalities__predecessors') }}

),

sent as (

    select
        sent_key,
        municipality_code,
        allocation_number,
        client_key
    from summed_lines

    union all

    select
        {{ allocation_key('care_events.municipality_code', 'care_events.allocation_number', 'care_events.client_key') }}
            as sent_key,
        care_events.municipality_code,
        care_events.allocation_number,
        care_events.client_key
    from care_events
    inner join deliveries
        on care_events.file_sha256 = deliveries.file_sha256

),

sent_keys as (

    select distinct sent_key
    from sent

),

own as (

    select sent_keys.sent_key
    from sent_keys
    inner join standing
        on sent_keys.sent_key = standing.number_key

),

-- few municipalities merged: only their numbers are looked for under another code
earlier_keys as (

    select distinct
        sent.sent_key,
        {{ allocation_key('predecessors.predecessor_code', 'sent.allocation_number', 'sent.client_key') }} as number_key,
        predecessors.distance,
        predecessors.predecessor_code
    from sent
    inner join predecessors
        on sent.municipality_code = predecessors.municipality_code

),

elsewhere as (

    select
        earlier_keys.sent_key,
        earlier_keys.number_key,
        row_number() over (
            partition by earlier_keys.sent_key
            order by earlier_keys.distance, earlier_keys.predecessor_code
        ) as position
    from earlier_keys
    inner join standing
        on earlier_keys.number_key = standing.number_key
    left join own
        on earlier_keys.sent_key = own.sent_key
    where own.sent_key is null

)

-- a number is looked up under the code it was sent under, then under those that merged into it, the nearest first
select
    sent_key,
    sent_key as number_key
from own

union all

select
    sent_key,
    number_key
from elsewhere
where position = 1
