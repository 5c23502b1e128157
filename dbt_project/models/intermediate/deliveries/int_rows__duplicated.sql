with

allocations as (

    select * from {{ ref('int_allocations__accepted') }}
    where is_duplicate

),

lines as (

    select * from {{ ref('int_declaration_lines__duplicated') }}

),

poh_rows as (

    select * from {{ ref('int_poh_rows__duplicated') }}

)

select
    file_sha256,
    row_number,
    0 as cents
from allocations

union all

select
    file_sha256,
    row_number,
    amount_cents as cents
from lines

union all

select
    file_sha256,
    row_number,
    0 as cents
from poh_rows
