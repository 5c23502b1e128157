with

accepted as (

    select * from {{ ref('int_declaration_lines__accepted') }}

),

lines as (

    select * from {{ ref('int_lines__judged') }}

),

repeated_references as (

    select
        provider_agb,
        line_reference
    from accepted
    group by provider_agb, line_reference
    having count(*) > 1

),

-- TR314: a reference is unique for a provider; one that was rejected may come again
ordered as (

    select
        lines.delivery_order,
        lines.row_number,
        bool_and(lines.verdict = 'rejected') over (
            partition by lines.provider_agb, lines.line_reference
            order by lines.delivery_order, lines.row_number
            rows between unbounded preceding and 1 preceding
        ) as earlier_all_rejected
    from lines
    inner join repeated_references
        on
            lines.provider_agb = repeated_references.provider_agb
            and lines.line_reference = repeated_references.line_reference

)

select
    delivery_order,
    row_number
from ordered
where not earlier_all_rejected
