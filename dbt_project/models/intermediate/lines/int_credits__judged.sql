with

lines as (

    select * from {{ ref('int_lines__judged') }}
    where is_credit

),

repeats as (

    select * from {{ ref('int_lines__repeated') }}

)

-- a table of its own, so that what they take back is looked for among few: all lines are read once, and none is kept
select
    lines.delivery_order,
    lines.row_number,
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
    lines.amount_cents,
    lines.verdict,
    repeats.delivery_order is not null as is_repeat
from lines
left join repeats
    on
        lines.delivery_order = repeats.delivery_order
        and lines.row_number = repeats.row_number
