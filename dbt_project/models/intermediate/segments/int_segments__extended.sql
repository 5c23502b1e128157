with

versions as (

    select * from {{ ref('int_allocations__versions') }}
    where moves_end_out

),

numbers as (

    select * from {{ ref('int_segments__first') }}
    where is_allocated

)

select
    versions.number_key,
    versions.version_number,
    versions.delivery_order,
    versions.row_number,
    versions.previous_ends_until as begins_on,
    numbers.ends_until,
    numbers.sent_municipality_code,
    numbers.municipality_code,
    numbers.client_key,
    numbers.provider_agb,
    numbers.allocation_number,
    numbers.product_code,
    numbers.stopped_until
from versions
inner join numbers
    on versions.number_key = numbers.number_key
where
    versions.previous_ends_until >= numbers.begins_on
    and (numbers.stopped_until is null or versions.previous_ends_until < numbers.stopped_until)
