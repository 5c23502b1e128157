{{ config(materialized='view') }}

with

lines as (

    select * from {{ ref('int_lines__judged') }}

),

repeats as (

    select * from {{ ref('int_lines__repeated') }}

),

credits as (

    select * from {{ ref('int_credits__netted') }}

),

-- a pair leaves the count together; every other credit is left out alone
pairs as (

    select
        debit_order as delivery_order,
        debit_row_number as row_number
    from credits
    where counting = 'credit'

),

exceptions as (

    select
        delivery_order,
        row_number,
        'repeated_reference' as counting
    from repeats

    union all

    select
        delivery_order,
        row_number,
        'credited' as counting
    from pairs

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
    lines.verdict,
    lines.verdict_rule,
    lines.answer_order,
    case
        when lines.verdict = 'rejected' then 'rejected'
        when exceptions.counting is not null then exceptions.counting
        when lines.is_credit then 'credit'
        else 'counts'
    end as counting,
    lines.verdict <> 'rejected' and exceptions.counting is null and not lines.is_credit as counts,
    lines.granted_cents as counted_cents
from lines
left join exceptions
    on
        lines.delivery_order = exceptions.delivery_order
        and lines.row_number = exceptions.row_number
