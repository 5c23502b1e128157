with

decisions as (

    select * from {{ ref('int_decisions__matched') }}

),

listed as (

    select * from {{ ref('int_decision_lines__matched') }}

),

lines as (

    select * from {{ ref('int_declaration_lines__accepted') }}

),

answered as (

    select
        declaration_order,
        min(delivery_order) as first_delivery_order
    from decisions
    where declaration_order is not null
    group by declaration_order

),

listed_totals as (

    select
        delivery_order,
        sum(submitted_cents - granted_cents) as refused_cents
    from listed
    group by delivery_order

),

totals as (

    select
        decisions.*,
        decisions.submitted_cents - decisions.granted_cents as total_refused_cents,
        coalesce(listed_totals.refused_cents, 0) as listed_refused_cents
    from decisions
    left join listed_totals
        on decisions.delivery_order = listed_totals.delivery_order

),

listed_references as (

    select distinct
        declaration_order,
        line_reference
    from listed
    where declaration_order is not null

),

declared as (

    select
        lines.delivery_order,
        lines.line_reference,
        lines.amount_cents
    from lines
    inner join listed_references
        on
            lines.delivery_order = listed_references.declaration_order
            and lines.line_reference = listed_references.line_reference

),

compared as (

    select
        listed.*,
        declared.amount_cents
    from listed
    left join declared
        on
            listed.declaration_order = declared.delivery_order
            and listed.line_reference = declared.line_reference

)

select
    'answer_without_declaration' as finding,
    municipality_code,
    coalesce(answered_identification, declaration_number) as reference,
    coalesce(submitted_cents, 0) as cents,
    delivery_order,
    0 as row_number
from decisions
where declaration_order is null

union all

select
    'declaration_answered_again' as finding,
    decisions.municipality_code,
    decisions.answered_identification as reference,
    coalesce(decisions.granted_cents, 0) as cents,
    decisions.delivery_order,
    0 as row_number
from decisions
inner join answered
    on decisions.declaration_order = answered.declaration_order
where decisions.delivery_order > answered.first_delivery_order

union all

select
    'answer_total_differs' as finding,
    municipality_code,
    coalesce(answered_identification, declaration_number) as reference,
    total_refused_cents - listed_refused_cents as cents,
    delivery_order,
    0 as row_number
from totals
where not rejects_all and total_refused_cents <> listed_refused_cents

union all

select
    'answered_line_unknown' as finding,
    municipality_code,
    line_reference as reference,
    submitted_cents as cents,
    delivery_order,
    row_number
from compared
where declaration_order is not null and amount_cents is null

union all

select
    'answered_amount_differs' as finding,
    municipality_code,
    line_reference as reference,
    submitted_cents - amount_cents as cents,
    delivery_order,
    row_number
from compared
where submitted_cents <> amount_cents

union all

select
    'granted_in_part' as finding,
    municipality_code,
    line_reference as reference,
    submitted_cents - granted_cents as cents,
    delivery_order,
    row_number
from compared
where source = 'JW304' and granted_cents <> 0 and granted_cents <> submitted_cents
