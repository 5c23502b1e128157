with

lines as (

    select * from {{ ref('int_declaration_lines__accepted') }}

),

repeats as (

    select * from {{ ref('int_lines__repeated') }}

)

select
    'repeated_reference' as finding,
    lines.municipality_code,
    lines.line_reference as reference,
    lines.amount_cents as cents,
    lines.delivery_order,
    lines.row_number
from repeats
inner join lines
    on
        repeats.delivery_order = lines.delivery_order
        and repeats.row_number = lines.row_number
