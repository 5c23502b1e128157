with

decision_lines as (

    select * from {{ ref('int_decision_lines__matched') }}
    where declaration_order is not null

),

lines as (

    select * from {{ ref('int_declaration_lines__accepted') }}

),

-- IV087: whatever a JW325 lists is rejected, whatever its code. A JW304 decides by its granted amount; the last one counts.
decided as (

    select
        declaration_order,
        line_reference,
        bool_or(source = 'JW325') or max_by(granted_cents, delivery_order * 10000000 + row_number) = 0 as is_rejected,
        max_by(granted_cents, delivery_order * 10000000 + row_number) as granted_cents,
        max(delivery_order) as answer_order
    from decision_lines
    group by declaration_order, line_reference

)

-- by the row of the line, so that nothing later reads its reference to know the verdict
select
    lines.delivery_order,
    lines.row_number,
    decided.is_rejected,
    decided.granted_cents,
    decided.answer_order
from lines
inner join decided
    on
        lines.delivery_order = decided.declaration_order
        and lines.line_reference = decided.line_reference
