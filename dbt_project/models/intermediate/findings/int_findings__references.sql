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
    lines.file_sha256,
    lines.row_number
from repeats
inner join lines
    on
        repeats.file_sha256 = lines.file_sha256
        and repeats.row_number = lines.row_number
