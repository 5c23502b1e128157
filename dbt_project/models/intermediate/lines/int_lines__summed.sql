with

lines as (

    select * from {{ ref('int_lines__counted') }}
    where counts

),

summed as (

    select
        municipality_code,
        allocation_number,
        client_key,
        provider_agb,
        product_code,
        year(period_from) as care_year,
        count(*) as lines,
        cast(sum(counted_cents) as bigint) as counted_cents,
        cast(coalesce(sum(counted_cents) filter (where verdict = 'open'), 0) as bigint) as open_cents,
        min(period_from) as first_day,
        max(period_until) as last_until,
        min({{ line_position('period_from', 'delivery_order', 'row_number') }}) as first_line_position
    from lines
    group by municipality_code, allocation_number, client_key, provider_agb, product_code, year(period_from)

)

select
    case
        when allocation_number is not null
            then {{ allocation_key('municipality_code', 'allocation_number', 'client_key') }}
    end as sent_key,
    municipality_code,
    allocation_number,
    client_key,
    provider_agb,
    product_code,
    care_year,
    lines,
    counted_cents,
    open_cents,
    first_day,
    last_until,
    first_line_position
from summed
