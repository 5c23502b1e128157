with

versions as (

    select * from {{ ref('int_allocations__accepted') }}
    where is_version

)

select
    number_key,
    delivery_order,
    row_number,
    starts_on,
    ends_until,
    row_number() over version_order as version_number,
    row_number() over version_order = count(*) over whole_number as is_current,
    lag(ends_until) over version_order as previous_ends_until,
    -- compared with the version before it, whatever its reason; an open end lies furthest out
    coalesce(
        lag(ends_until) over version_order is not null
        and (ends_until is null or ends_until > lag(ends_until) over version_order),
        false
    ) as moves_end_out,
    -- JZ002: 13 removes an allocation; before 3.1 the same was said by 01 with end = start
    coalesce(
        change_reason = '13' or (change_reason = '01' and ends_until = {{ day_after('starts_on') }}),
        false
    ) as is_withdrawn,
    bool_or(coalesce(change_reason = '10', false)) over whole_number as has_conversion_reason
from versions
window
    version_order as (
        partition by number_key
        order by allocated_on nulls first, allocated_at nulls first
    ),
    whole_number as (partition by number_key)
