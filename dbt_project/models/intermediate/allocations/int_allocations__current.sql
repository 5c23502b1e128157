{{ config(materialized='view') }}

with

versions as (

    select * from {{ ref('int_allocations__versions') }}
    where is_current

),

allocations as (

    select * from {{ ref('int_allocations__accepted') }}

)

select
    versions.number_key,
    versions.delivery_order,
    versions.row_number,
    allocations.municipality_code,
    allocations.provider_agb,
    allocations.client_key,
    allocations.allocation_number,
    allocations.product_category,
    allocations.product_code,
    allocations.unit_code,
    versions.starts_on,
    versions.ends_until,
    versions.has_conversion_reason,
    versions.is_withdrawn
from versions
inner join allocations
    on
        versions.delivery_order = allocations.delivery_order
        and versions.row_number = allocations.row_number
