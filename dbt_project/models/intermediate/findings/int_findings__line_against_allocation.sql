with

finding_rules as (

    select * from {{ ref('finding_rules') }}
    where family = 'line against allocation'

),

lines as (

    select * from {{ ref('int_lines__counted') }}
    where counts

),

numbers as (

    select * from {{ ref('int_numbers__looked_up') }}

),

allocations as (

    select * from {{ ref('int_allocations__current') }}

),

standing as (

    select * from allocations
    where not is_withdrawn

),

withdrawn as (

    select * from allocations
    where is_withdrawn

),

-- the same number, ordered for somebody else
known_numbers as (

    select distinct
        municipality_code,
        allocation_number
    from standing

),

compared as (

    select
        lines.delivery_order,
        lines.row_number,
        lines.municipality_code,
        lines.allocation_number,
        lines.client_key,
        lines.line_reference,
        lines.counted_cents,
        lines.source,
        lines.period_from,
        lines.period_until,
        standing.number_key is not null as is_allocated,
        lines.period_from < standing.starts_on as begins_before,
        lines.period_until > standing.ends_until as ends_after,
        lines.product_category <> standing.product_category as other_category,
        lines.product_code <> standing.product_code as other_product,
        -- TR341: what was ordered in hours (04) may be declared in minutes (01)
        lines.unit_code <> standing.unit_code
        and not (standing.unit_code = '04' and lines.unit_code = '01') as other_unit,
        standing.starts_on,
        standing.ends_until
    from lines
    left join numbers
        on
            {{ allocation_key('lines.municipality_code', 'lines.allocation_number', 'lines.client_key') }} = numbers.sent_key
            and lines.allocation_number is not null
    left join standing
        on numbers.number_key = standing.number_key

),

-- JW323 declares whole months, cut off where the allocation begins or ends in the month
judged as (

    select
        *,
        source = 'JW323'
        and period_from <> greatest({{ first_of_month('period_from') }}, starts_on)
        and period_from >= starts_on as begins_inside_month,
        source = 'JW323'
        and is_allocated
        and period_until <> least(
            {{ first_of_next_month(day_before('period_until')) }},
            coalesce(ends_until, {{ first_of_next_month(day_before('period_until')) }})
        )
        and (ends_until is null or period_until <= ends_until) as ends_inside_month,
        source = 'JW323'
        and {{ first_of_month('period_from') }} <> {{ first_of_month(day_before('period_until')) }} as spans_months
    from compared

),

broken as (

    select * from judged
    where
        not is_allocated
        or begins_before
        or ends_after
        or other_category
        or other_product
        or other_unit
        or begins_inside_month
        or ends_inside_month
        or spans_months

),

-- few lines are left, so that only these are looked up again
explained as (

    select
        broken.*,
        withdrawn.number_key is not null and not broken.is_allocated as is_withdrawn,
        known_numbers.allocation_number is not null
        and withdrawn.number_key is null
        and not broken.is_allocated as is_of_other_client
    from broken
    left join withdrawn
        on
            broken.municipality_code = withdrawn.municipality_code
            and broken.allocation_number = withdrawn.allocation_number
            and broken.client_key = withdrawn.client_key
    left join known_numbers
        on
            broken.municipality_code = known_numbers.municipality_code
            and broken.allocation_number = known_numbers.allocation_number

)

select
    finding_rules.finding,
    explained.municipality_code,
    explained.line_reference as reference,
    explained.counted_cents as cents,
    explained.delivery_order,
    explained.row_number
from explained
cross join finding_rules
where
    case finding_rules.finding
        when 'line_on_withdrawn_allocation' then explained.is_withdrawn
        when 'line_of_other_client' then explained.is_of_other_client
        when 'line_without_allocation'
            then not (explained.is_allocated or explained.is_withdrawn or explained.is_of_other_client)
        when 'line_before_allocation' then explained.begins_before
        when 'line_after_allocation' then explained.ends_after
        when 'other_product_category' then explained.other_category
        when 'other_product_code' then explained.other_product
        when 'other_unit' then explained.other_unit
        when 'period_begins_inside_month' then explained.begins_inside_month
        when 'period_ends_inside_month' then explained.ends_inside_month
        when 'period_spans_months' then explained.spans_months
        else false
    end
