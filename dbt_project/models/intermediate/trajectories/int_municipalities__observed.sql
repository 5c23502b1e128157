with

lines as (

    select * from {{ ref('int_declaration_lines__accepted') }}

),

merged as (

    select * from {{ ref('int_municipalities__merged') }}

),

municipalities as (

    select * from {{ ref('stg_reference__gemeenten') }}

),

-- what the deployment's settings say comes before its table
coverage as (

    {{ coverage_dates() }}

),

first_days as (

    select
        municipality_code,
        min(period_from) as first_day
    from lines
    group by municipality_code

),

observed as (

    select
        coalesce(merged.successor_code, first_days.municipality_code) as municipality_code,
        min(first_days.first_day) as first_day
    from first_days
    left join merged
        on first_days.municipality_code = merged.municipality_code
    group by coalesce(merged.successor_code, first_days.municipality_code)

)

select
    observed.municipality_code,
    {{ first_of_month('coalesce(coverage.data_since, municipalities.data_since, observed.first_day)') }} as first_month,
    coalesce(coverage.data_since, municipalities.data_since) as data_since,
    municipalities.converted_on
from observed
left join coverage
    on observed.municipality_code = coverage.municipality_code
left join municipalities
    on observed.municipality_code = municipalities.municipality_code
