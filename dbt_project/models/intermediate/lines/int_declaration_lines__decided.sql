with

decision_lines as (

    select * from {{ ref('int_decision_lines__matched') }}
    where declaration_order is not null

)

-- IV087: whatever a JW325 lists is rejected, whatever its code. A JW304 decides by its granted amount; the last one counts.
select
    declaration_order,
    line_reference,
    bool_or(source = 'JW325') or max_by(granted_cents, delivery_order * 10000000 + row_number) = 0 as is_rejected,
    max_by(granted_cents, delivery_order * 10000000 + row_number) as granted_cents,
    max(delivery_order) as answer_order
from decision_lines
group by declaration_order, line_reference
