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
        declaration_sha256,
        min(delivery_order) as first_delivery_order
    from decisions
    where declaration_sha256 is not null
    group by declaration_sha256

),

listed_totals as (

    select
        file_sha256,
        sum(submitted_cents - granted_cents) as refused_cents
    from listed
    group by file_sha256

),

totals as (

    select
        decisions.*,
        decisions.submitted_cents - decisions.granted_cents as total_refused_cents,
        coalesce(listed_totals.refused_cents, 0) as listed_refused_cents
    from decisions
    left join listed_totals
        on decisions.file_sha256 = listed_totals.file_sha256

),

listed_references as (

    select distinct
        declaration_sha256,
        line_reference
    from listed
    where declaration_sha256 is not null

),

declared as (

    select
        lines.file_sha256,
        lines.line_reference,
        lines.amount_cents
    from lines
    inner join listed_references
        on
            lines.file_sha256 = listed_references.declaration_sha256
            and lines.line_reference = listed_references.line_reference

),

compared as (

    select
        listed.*,
        declared.amount_cents
    from listed
    left join declared
        on
            listed.declaration_sha256 = declared.file_sha256
            and listed.line_reference = declared.line_reference

)

select
    'answer_without_declaration' as finding,
    municipality_code,
    coalesce(answered_identification, declaration_number) as reference,
    coalesce(submitted_cents, 0) as cents,
    file_sha256,
    0 as row_number
from decisions
where declaration_sha256 is null

union all

select
    'declaration_answered_again' as finding,
    decisions.municipality_code,
    decisions.answered_identification as reference,
    coalesce(decisions.granted_cents, 0) as cents,
    decisions.file_sha256,
    0 as row_number
from decisions
inner join answered
    on decisions.declaration_sha256 = answered.declaration_sha256
where decisions.delivery_order > answered.first_delivery_order

union all

select
    'answer_total_differs' as finding,
    municipality_code,
    coalesce(answered_identification, declaration_number) as reference,
    total_refused_cents - listed_refused_cents as cents,
    file_sha256,
    0 as row_number
from totals
where not rejects_all and total_refused_cents <> listed_refused_cents

union all

select
    'answered_line_unknown' as finding,
    municipality_code,
    line_reference as reference,
    submitted_cents as cents,
    file_sha256,
    row_number
from compared
where declaration_sha256 is not null and amount_cents is null

union all

select
    'answered_amount_differs' as finding,
    municipality_code,
    line_reference as reference,
    submitted_cents - amount_cents as cents,
    file_sha256,
    row_number
from compared
where submitted_cents <> amount_cents

union all

select
    'granted_in_part' as finding,
    municipality_code,
    line_reference as reference,
    submitted_cents - granted_cents as cents,
    file_sha256,
    row_number
from compared
where source = 'JW304' and granted_cents <> 0 and granted_cents <> submitted_cents
