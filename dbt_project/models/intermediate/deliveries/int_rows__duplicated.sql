with

allocations as (

    select * from {{ ref('int_allocations__accepted') }}
    where is_duplicate

),

lines as (

    select * from {{ ref('int_declaration_lines__duplicated') }}

),

deliveries as (

    select * from {{ ref('int_deliveries__accepted') }}

),

poh_rows as (

    select * from {{ ref('int_poh_rows__duplicated') }}

),

repeated as (

    select
        delivery_order,
        row_number,
        0 as cents
    from allocations

    union all

    select
        delivery_order,
        row_number,
        amount_cents as cents
    from lines

)

select
    deliveries.file_sha256,
    repeated.row_number,
    repeated.cents
from repeated
inner join deliveries
    on repeated.delivery_order = deliveries.delivery_order

union all

select
    file_sha256,
    row_number,
    0 as cents
from poh_rows
