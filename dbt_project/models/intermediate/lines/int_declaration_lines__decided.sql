with

decision_lines as (

    select * from {{ ref('int_decision_lines__matched') }}
    where declaration_sha256 is not null

)

-- IV087: whatever a JW325 lists is rejected, whatever its code. A JW304 decides by its granted amount; the last one counts.
select
    declaration_sha256,
    line_reference,
    bool_or(source = 'JW325') or max_by(granted_cents, delivery_order * 10000000 + row_number) = 0 as is_rejected,
    max_by(granted_cents, delivery_order * 10000000 + row_number) as granted_cents,
    max_by(file_sha256, delivery_order * 10000000 + row_number) as answer_sha256,
    max_by(row_number, delivery_order * 10000000 + row_number) as answer_row_number
from decision_lines
group by declaration_sha256, line_reference
