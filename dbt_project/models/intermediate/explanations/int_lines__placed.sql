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

municipalities as (

    select * from {{ ref('int_municipalities__merged') }}

),

placed_numbers as (

    select * from {{ ref('int_numbers__placed') }}

),

-- as int_lines__attached, for every line and not for counting ones alone
sent as (

    select
        lines.*,
        case
            when lines.allocation_number is not null
                then {{ allocation_key('lines.municipality_code', 'lines.allocation_number', 'lines.client_key') }}
        end as sent_key,
        {{ declared_key(
            'lines.municipality_code',
            'coalesce(municipalities.successor_code, lines.municipality_code)',
            'lines.allocation_number',
            'lines.product_code',
            'lines.client_key',
            'lines.provider_agb'
        ) }} as lines_key
    from lines
    left join municipalities
        on lines.municipality_code = municipalities.municipality_code

),

candidates as (

    select
        sent.*,
        looked_up.number_key as looked_up_key
    from sent
    left join looked_up
        on sent.sent_key = looked_up.sent_key

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
        sent_key as candidate_key
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
    placed_numbers.trajectory_id,
    placed_numbers.number_key,
    files.file_sha256,
    keyed.delivery_order,
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
    keyed.answer_order,
    answers.file_sha256 as answer_sha256
from keyed
inner join placed_numbers
    on keyed.candidate_key = placed_numbers.number_key
inner join deliveries as files
    on keyed.delivery_order = files.delivery_order
left join deliveries as answers
    on keyed.answer_order = answers.delivery_order
