with

lines as (

    select * from {{ ref('int_lines__counted') }}
    where
        counts
        and source in ('JW323', 'declaraties')
        and unit_code is distinct from '83'
        and volume is not null
        and tariff_cents is not null

),

different as (

    select
        delivery_order,
        row_number,
        municipality_code,
        line_reference,
        unit_code,
        volume,
        tariff_cents,
        abs(amount_cents) as submitted_cents,
        amount_cents - volume * tariff_cents as difference_cents
    from lines
    where abs(abs(amount_cents) - volume * tariff_cents) >= 0.5

),

-- IV081: declared in minutes of a tariff per hour, the amount is round(hour tariff * minutes / 60) and the minute tariff
-- is shown rounded. The hour tariffs (whole cents) that give the amount must meet those that give the minute tariff.
ranged as (

    select
        *,
        greatest(60 * tariff_cents - 30, ceil((2 * submitted_cents - 1) * 30 / nullif(volume, 0))) as lowest_hour_tariff,
        least(60 * tariff_cents + 29, ceil((2 * submitted_cents + 1) * 30 / nullif(volume, 0)) - 1) as highest_hour_tariff
    from different

)

select
    'amount_is_not_volume_times_tariff' as finding,
    municipality_code,
    line_reference as reference,
    cast(round(difference_cents) as bigint) as cents,
    delivery_order,
    row_number
from ranged
where
    not (
        coalesce(unit_code, '01') = '01'
        and coalesce(lowest_hour_tariff <= highest_hour_tariff, false)
    )
