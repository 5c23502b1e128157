with

debit_lines as (

    select * from {{ ref('int_lines__judged') }}
    where not is_credit

),

repeats as (

    select * from {{ ref('int_lines__repeated') }}

),

credits as (

    select * from {{ ref('int_credits__judged') }}

),

credited_references as (

    select distinct
        provider_agb,
        previous_reference
    from credits
    where previous_reference is not null

),

targets as (

    select
        debit_lines.*,
        repeats.delivery_order is not null as is_repeat
    from debit_lines
    inner join credited_references
        on
            debit_lines.provider_agb = credited_references.provider_agb
            and debit_lines.line_reference = credited_references.previous_reference
    left join repeats
        on
            debit_lines.delivery_order = repeats.delivery_order
            and debit_lines.row_number = repeats.row_number

),

-- of one reference at most one debit is neither rejected nor a repeat
debits as (

    select * from targets
    where verdict <> 'rejected' and not is_repeat

),

rejected_debits as (

    select distinct
        provider_agb,
        line_reference
    from targets
    where verdict = 'rejected'

),

matched as (

    select
        credits.delivery_order,
        credits.row_number,
        credits.known_at,
        credits.municipality_code,
        credits.provider_agb,
        credits.line_reference,
        credits.previous_reference,
        credits.amount_cents,
        credits.verdict,
        credits.is_repeat,
        debits.delivery_order as debit_order,
        debits.row_number as debit_row_number,
        debits.amount_cents as debit_cents,
        rejected_debits.line_reference is not null as has_rejected_debit,
        not (
            credits.client_key = debits.client_key
            and credits.municipality_code = debits.municipality_code
            and credits.allocation_number is not distinct from debits.allocation_number
            and credits.product_category is not distinct from debits.product_category
            and credits.product_code = debits.product_code
            and credits.period_from = debits.period_from
            and credits.period_until = debits.period_until
            and credits.amount_cents = -debits.amount_cents
        ) as differs_from_debit,
        -- OP360: a debit is credited once, by the first credit that stands
        row_number() over (
            partition by credits.provider_agb, credits.previous_reference
            order by
                credits.verdict = 'rejected' or credits.is_repeat,
                credits.delivery_order,
                credits.row_number
        ) as position
    from credits
    left join debits
        on
            credits.provider_agb = debits.provider_agb
            and credits.previous_reference = debits.line_reference
    left join rejected_debits
        on
            credits.provider_agb = rejected_debits.provider_agb
            and credits.previous_reference = rejected_debits.line_reference

)

select
    delivery_order,
    row_number,
    known_at,
    municipality_code,
    provider_agb,
    line_reference,
    previous_reference,
    amount_cents,
    case
        when verdict = 'rejected' then 'rejected'
        when is_repeat then 'repeated_reference'
        when debit_order is not null and position = 1 then 'credit'
        when debit_order is not null then 'second_credit'
        when has_rejected_debit then 'credit_of_rejected_line'
        else 'credit_without_debit'
    end as counting,
    debit_order,
    debit_row_number,
    debit_cents,
    coalesce(differs_from_debit, false) as differs_from_debit
from matched
