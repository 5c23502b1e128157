with

summed_lines as (

    select * from {{ ref('int_lines__summed') }}

),

numbers as (

    select * from {{ ref('int_numbers__looked_up') }}

),

municipalities as (

    select * from {{ ref('int_municipalities__merged') }}

)

-- without an allocation: one per number, client and provider; without a number: one per client, provider and product code.
-- Only a number belongs to the code it was sent under; a line without one reads as its successor's.
select
    coalesce(
        numbers.number_key,
        concat_ws(
            '|',
            'lines',
            case
                when summed_lines.allocation_number is null
                    then coalesce(municipalities.successor_code, summed_lines.municipality_code)
                else summed_lines.municipality_code
            end,
            coalesce(cast(summed_lines.allocation_number as varchar), concat('product ', summed_lines.product_code)),
            summed_lines.client_key,
            summed_lines.provider_agb
        )
    ) as number_key,
    numbers.number_key is not null as is_allocated,
    summed_lines.municipality_code,
    summed_lines.allocation_number,
    summed_lines.client_key,
    summed_lines.provider_agb,
    summed_lines.product_code,
    summed_lines.care_year,
    summed_lines.lines,
    summed_lines.counted_cents,
    summed_lines.open_cents,
    summed_lines.first_day,
    summed_lines.last_until,
    summed_lines.first_line_position
from summed_lines
left join numbers
    on
        summed_lines.municipality_code = numbers.municipality_code
        and summed_lines.allocation_number = numbers.allocation_number
        and summed_lines.client_key = numbers.client_key
left join municipalities
    on summed_lines.municipality_code = municipalities.municipality_code
