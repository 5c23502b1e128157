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
        case when credits.debit_sha256 is not null then greatest(credits.known_at, lines.known_at) end as credited_on,
        lines.amount_cents,
        case when lines.counting = 'rejected' then 0 else lines.counted_cents end as granted_cents
    from lines
    left join credits
        on
            lines.file_sha256 = credits.debit_sha256
            and lines.row_number = credits.debit_row_number
    left join deliveries
        on lines.answer_sha256 = deliveries.file_sha256
    where
        lines.counting in ('counts', 'credited')
        or (lines.counting = 'rejected' and not lines.is_credit and lines.source <> 'declaraties')

),

summed as (

    select
        municipality_code,
        provider_agb,
        product_code,
        care_month,
        declared_on,
        answered_on,
        credited_on,
        sum(amount_cents) as amount_cents,
        sum(granted_cents) as granted_cents
    from debits
    group by municipality_code, provider_agb, product_code, care_month, declared_on, answered_on, credited_on

)

select
    municipality_code,
    provider_agb,
    product_code,
    care_month,
    declared_on as known_on,
    'declared' as event,
    amount_cents as cents
from summed

union all

select
    municipality_code,
    provider_agb,
    product_code,
    care_month,
    answered_on as known_on,
    'answered' as event,
    granted_cents - amount_cents as cents
from summed
where answered_on is not null

union all

select
    municipality_code,
    provider_agb,
    product_code,
    care_month,
    credited_on as known_on,
    'credited' as event,
    -granted_cents as cents
from summed
where credited_on is not null
