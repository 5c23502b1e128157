{{ config(materialized='table') }}

with

lines as (

    select * from {{ source('lake', 'declaration_lines') }}
    -- only where both dates differ does it matter which family a line belongs to
    where {{ known_until('lines') }} <> {{ known_until('credits') }}

),

credits as (

    select
        provider_agb,
        client_key,
        allocation_number,
        product_code,
        previous_reference,
        {{ first_of_month('period_from') }} as care_month,
        known_at
    from lines
    where is_credit

),

-- OP366: a correction is a credit and a new line. That line names neither; TR389 knows it by what it is for
corrected as (

    select distinct
        lines.file_sha256,
        lines.row_number
    from lines
    inner join credits
        on
            lines.provider_agb = credits.provider_agb
            and lines.client_key = credits.client_key
            and lines.allocation_number is not distinct from credits.allocation_number
            and lines.product_code = credits.product_code
            and {{ first_of_month('lines.period_from') }} = credits.care_month
            and lines.known_at >= credits.known_at
            and lines.line_reference is distinct from credits.previous_reference
    where not lines.is_credit

)

select
    file_sha256,
    row_number
from lines
where is_credit

union all

select
    file_sha256,
    row_number
from corrected
