{{ config(materialized='view') }}

with

lines as (

    select * from {{ ref('int_declaration_lines__accepted') }}

),

declarations as (

    select * from {{ ref('int_declarations__answered') }}

),

decided as (

    select * from {{ ref('int_declaration_lines__decided') }}

)

select
    lines.delivery_order,
    lines.row_number,
    lines.source,
    lines.known_at,
    lines.municipality_code,
    lines.provider_agb,
    lines.line_reference,
    lines.previous_reference,
    lines.client_key,
    lines.allocation_number,
    lines.product_category,
    lines.product_code,
    lines.period_from,
    lines.period_until,
    lines.volume,
    lines.unit_code,
    lines.tariff_cents,
    lines.amount_cents,
    lines.is_credit,
    case
        when lines.source = 'declaraties' then coalesce(lines.verdict, 'approved')
        when declarations.is_rejected_whole or decided.is_rejected then 'rejected'
        when declarations.declaration_order is not null then 'approved'
        else 'open'
    end as verdict,
    case
        when lines.source = 'declaraties' then concat('export: ', coalesce(lines.verdict, 'approved'))
        when declarations.is_rejected_whole then 'declaration rejected whole'
        when decided.is_rejected then 'listed as rejected'
        when decided.granted_cents is not null then 'listed with a granted amount'
        when declarations.declaration_order is not null then 'answered and not listed'
        else 'not answered'
    end as verdict_rule,
    coalesce(decided.granted_cents, lines.amount_cents) as granted_cents,
    coalesce(decided.answer_order, declarations.answer_order) as answer_order
from lines
left join declarations
    on lines.delivery_order = declarations.declaration_order
left join decided
    on
        lines.delivery_order = decided.delivery_order
        and lines.row_number = decided.row_number
