with

credits as (

    select * from {{ ref('int_credits__netted') }}

)

select
    case counting
        when 'rejected' then 'rejected_credit'
        else counting
    end as finding,
    municipality_code,
    line_reference as reference,
    amount_cents as cents,
    delivery_order,
    row_number
from credits
where counting in ('rejected', 'credit_without_debit', 'second_credit', 'credit_of_rejected_line')

union all

select
    'credit_differs_from_debit' as finding,
    municipality_code,
    line_reference as reference,
    amount_cents + debit_cents as cents,
    delivery_order,
    row_number
from credits
where counting = 'credit' and differs_from_debit
