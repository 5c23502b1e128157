with

lines as (

    select * from {{ ref('int_lines__counted') }}

),

credits as (

    select * from {{ ref('int_credits__netted') }}
    where counting = 'credit'

),

deliveries as (

    select * from {{ ref('int_deliveries__accepted') }}
    where kind in ('JW304', 'JW325')

),

-- a line counts from its message until an answer or a credit says otherwise; what an export delivers as rejected never did
debits as (

    select
        lines.municipality_code,
        lines.provider_agb,
        lines.product_code,
        {{ first_of_month('lines.period_from') }} as care_month,
        lines.known_at as declared_on,
        case
            when lines.counting = 'rejected' or lines.counted_cents <> lines.amount_cents
                then greatest(deliveries.message_date, lines.known_at)
        end as answered_on,
        case when credits.debit_order is not null then greatest(credits.known_at, lines.known_at) end as credited_on,
        lines.counting,
        lines.verdict,
        lines.amount_cents,
        case when lines.counting = 'rejected' then 0 else lines.counted_cents end as granted_cents
    from lines
    left join credits
        on
            lines.delivery_order = credits.debit_order
            and lines.row_number = credits.debit_row_number
    left join deliveries
        on lines.answer_order = deliveries.delivery_order
    where
        lines.counting in ('counts', 'credited')
        or (lines.counting = 'rejected' and not lines.is_credit and lines.source <> 'declaraties')

)

select
    municipality_code,
    provider_agb,
    product_code,
    care_month,
    declared_on,
    answered_on,
    credited_on,
    cast(sum(amount_cents) as bigint) as amount_cents,
    cast(sum(granted_cents) as bigint) as granted_cents,
    count(*) as lines,
    count(*) filter (where counting = 'counts') as counting_lines,
    count(*) filter (where counting = 'counts' and verdict = 'open') as open_lines,
    count(*) filter (where counting = 'rejected') as rejected_lines,
    cast(coalesce(sum(granted_cents) filter (where counting = 'counts' and verdict = 'open'), 0) as bigint) as open_cents,
    cast(coalesce(sum(amount_cents) filter (where counting = 'rejected'), 0) as bigint) as rejected_cents
from debits
group by municipality_code, provider_agb, product_code, care_month, declared_on, answered_on, credited_on
