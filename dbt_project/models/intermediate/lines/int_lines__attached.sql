{{ config(materialized='view') }}

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

select
    coalesce(
        numbers.number_key,
        {{ declared_key(
            'summed_lines.municipality_code',
            'coalesce(municipalities.successor_code, summed_lines.municipality_code)',
            'summed_lines.allocation_number',
            'summed_lines.product_code',
            'summed_lines.client_key',
            'summed_lines.provider_agb'
        ) }}
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
    on summed_lines.sent_key = numbers.sent_key
left join municipalities
    on summed_lines.municipality_code = municipalities.municipality_code
