with

allocations as (

    select * from {{ ref('int_allocations__current') }}
    where not is_withdrawn

),

care as (

    select * from {{ ref('int_care__delivered') }}

),

summed_lines as (

    select * from {{ ref('int_lines__attached') }}

),

municipalities as (

    select * from {{ ref('int_municipalities__merged') }}

),

declared as (

    select
        number_key,
        min(first_day) as first_day,
        min_by(product_code, first_line_position) as first_product_code
    from summed_lines
    where is_allocated
    group by number_key

),

declared_alone as (

    select
        number_key,
        min(municipality_code) as municipality_code,
        min(provider_agb) as provider_agb,
        min(client_key) as client_key,
        min(allocation_number) as allocation_number,
        min(first_day) as first_day,
        max(last_until) as last_until,
        min_by(product_code, first_line_position) as first_product_code
    from summed_lines
    where not is_allocated
    group by number_key

),

begun as (

    select
        allocations.number_key,
        allocations.delivery_order,
        allocations.row_number,
        allocations.municipality_code,
        allocations.provider_agb,
        allocations.client_key,
        allocations.allocation_number,
        coalesce(allocations.product_code, declared.first_product_code) as product_code,
        allocations.starts_on as allocated_from,
        allocations.ends_until as allocated_until,
        allocations.has_conversion_reason,
        care.first_start_on,
        care.last_start_on,
        care.last_stop_until,
        declared.first_day as first_declared_on,
        least(
            coalesce(care.first_start_on, allocations.starts_on),
            coalesce(declared.first_day, care.first_start_on, allocations.starts_on)
        ) as begins_on
    from allocations
    left join care
        on allocations.number_key = care.number_key
    left join declared
        on allocations.number_key = declared.number_key

),

-- a stop is not used when a start follows it, or when it lies before the segment begins
stopped as (

    select
        *,
        case
            when last_stop_until > begins_on and coalesce(last_start_on < last_stop_until, true)
                then last_stop_until
        end as stopped_until
    from begun

),

numbers as (

    select
        number_key,
        true as is_allocated,
        delivery_order,
        row_number,
        municipality_code,
        provider_agb,
        client_key,
        allocation_number,
        product_code,
        allocated_from,
        allocated_until,
        has_conversion_reason,
        first_start_on,
        last_start_on,
        last_stop_until,
        stopped_until,
        first_declared_on,
        begins_on,
        coalesce(stopped_until, allocated_until) as ends_until
    from stopped

    union all

    select
        number_key,
        false as is_allocated,
        cast(null as bigint) as delivery_order,
        cast(null as integer) as row_number,
        municipality_code,
        provider_agb,
        client_key,
        allocation_number,
        first_product_code as product_code,
        cast(null as date) as allocated_from,
        cast(null as date) as allocated_until,
        false as has_conversion_reason,
        cast(null as date) as first_start_on,
        cast(null as date) as last_start_on,
        cast(null as date) as last_stop_until,
        cast(null as date) as stopped_until,
        first_day as first_declared_on,
        first_day as begins_on,
        last_until as ends_until
    from declared_alone

)

select
    numbers.number_key,
    numbers.is_allocated,
    numbers.delivery_order,
    numbers.row_number,
    numbers.municipality_code as sent_municipality_code,
    coalesce(municipalities.successor_code, numbers.municipality_code) as municipality_code,
    numbers.provider_agb,
    numbers.client_key,
    numbers.allocation_number,
    numbers.product_code,
    numbers.allocated_from,
    numbers.allocated_until,
    numbers.has_conversion_reason,
    numbers.first_start_on,
    numbers.last_start_on,
    numbers.last_stop_until,
    numbers.stopped_until,
    numbers.first_declared_on,
    numbers.begins_on,
    numbers.ends_until
from numbers
left join municipalities
    on numbers.municipality_code = municipalities.municipality_code
