{{ config(materialized='view') }}

with

lines as (

    select * from {{ ref('int_lines__counted') }}

),

looked_up as (

    select * from {{ ref('int_numbers__looked_up') }}

),

chains as (

    select * from {{ ref('int_numbers__chained') }}

),

-- as int_lines__attached, for every line and not for counting ones alone
candidates as (

    select
        lines.*,
        looked_up.number_key as looked_up_key,
        {{ allocation_key('lines.municipality_code', 'lines.allocation_number', 'lines.client_key') }} as own_key,
        concat_ws(
            '|',
            'lines',
            lines.municipality_code,
            coalesce(cast(lines.allocation_number as varchar), concat('product ', lines.product_code)),
            lines.client_key,
            lines.provider_agb
        ) as lines_key
    from lines
    left join looked_up
        on
            lines.municipality_code = looked_up.municipality_code
            and lines.allocation_number = looked_up.allocation_number
            and lines.client_key = looked_up.client_key

)

select
    chains.trajectory_id,
    chains.number_key,
    candidates.file_sha256,
    candidates.row_number,
    candidates.source,
    candidates.known_at,
    candidates.line_reference,
    candidates.previous_reference,
    candidates.product_code,
    candidates.period_from,
    candidates.period_until,
    candidates.amount_cents,
    candidates.counted_cents,
    candidates.is_credit,
    candidates.verdict,
    candidates.verdict_rule,
    candidates.counting,
    candidates.counts,
    candidates.answer_sha256
from candidates
inner join chains
    on chains.number_key in (candidates.looked_up_key, candidates.own_key, candidates.lines_key)
where
    chains.number_key = candidates.looked_up_key
    or (candidates.looked_up_key is null and chains.number_key = candidates.own_key)
    or (candidates.looked_up_key is null and chains.number_key = candidates.lines_key)
