{{ config(materialized='view') }}

with

summed as (

    select * from {{ ref('int_declarations__development_summed') }}

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
