with

care_events as (

    select * from {{ ref('int_care_events__effective') }}

)

-- JZ588: 20 is a pause, every other reason is definitive
select
    number_key,
    min(begins_on) filter (where event = 'start') as first_start_on,
    max(begins_on) filter (where event = 'start') as last_start_on,
    max(ends_until) filter (where event = 'stop' and end_reason is distinct from '20') as last_stop_until
from care_events
group by number_key
