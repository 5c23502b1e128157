{{ config(materialized='table') }}

with

reporting_date as (

    select
        {% if var('as_of') is none %}date '9999-12-31'{% else %}cast('{{ var("as_of") }}' as date){% endif %} as known_until

)

select
    families.family,
    reporting_date.known_until
from (
    values
    ('lines'), ('credits'), ('decisions'), ('allocations'), ('requests'), ('registrations'), ('reference')
) as families (family)
cross join reporting_date
