with

versions as (

    select * from {{ ref('int_allocations__accepted') }}
    where is_version

)

select
    {{ allocation_key('municipality_code', 'allocation_number', 'client_key') }} as number_key,
    file_sha256,
    row_number,
    delivery_order,
    known_at,
    municipality_code,
    provider_agb,
    client_key,
    allocation_number,
    product_category,
    product_code,
    allocated_on,
    allocated_at,
    starts_on,
    ends_until,
    change_reason,
    volume,
    unit_code,
    budget_cents,
    row_number() over version_order as version_number,
    row_number() over version_order = count(*) over whole_number as is_current,
    lag(ends_until) over version_order as previous_ends_until,
    -- compared with the version before it, whatever its reason; an open end lies furthest out
    coalesce(
        lag(ends_until) over version_order is not null
        and (ends_until is null or ends_until > lag(ends_until) over version_order),
        false
    ) as moves_end_out
from versions
window
    version_order as (
        partition by municipality_code, allocation_number, client_key
        order by allocated_on nulls first, allocated_at nulls first
    ),
    whole_number as (partition by municipality_code, allocation_number, client_key)
