{{ config(materialized='view') }}

with

lines as (

    select * from {{ ref('int_lines__counted') }}

),

looked_up as (

    select * from {{ ref('int_numbers__looked_up') }}

),

deliveries as (

    select * from {{ ref('int_deliveries__accepted') }}

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

),

-- one key to a row: a join on any of three would compare each line with each number
keyed as (

    select
        *,
        looked_up_key as candidate_key
    from candidates
    where looked_up_key is not null

    union all

    select
        *,
        own_key as candidate_key
    from candidates
    where looked_up_key is null

    union all

    select
        *,
        lines_key as candidate_key
    from candidates
    where looked_up_key is null

)

select
    chains.trajectory_id,
    chains.number_key,
    keyed.file_sha256,
    keyed.row_number,
    keyed.source,
    keyed.known_at,
    keyed.line_reference,
    keyed.previous_reference,
    keyed.product_code,
    keyed.period_from,
    keyed.period_until,
    keyed.amount_cents,
    keyed.counted_cents,
    keyed.is_credit,
    keyed.verdict,
    keyed.verdict_rule,
    keyed.counting,
    keyed.counts,
    answers.file_sha256 as answer_sha256
from keyed
inner join chains
    on keyed.candidate_key = chains.number_key
left join deliveries as answers
    on keyed.answer_order = answers.delivery_order
