with

expected as (

    select * from {{ ref('int_completeness__expected') }}

),

shares as (

    select * from {{ ref('int_completeness__estimated') }}
    where level in ('municipality', 'all')

),

dated as (

    select * from {{ ref('int_development__dated') }}

),

month_numbers as (

    select {{ integer_series(1, 12) }} as month_number

),

years as (

    select distinct
        municipality_code,
        year(care_month) as care_year
    from expected

),

months as (

    select
        years.municipality_code,
        years.care_year,
        cast(make_date(years.care_year, month_numbers.month_number, 1) as date) as care_month
    from years
    cross join month_numbers

),

aged as (

    select
        months.municipality_code,
        months.care_year,
        months.care_month,
        {{ month_number('dated.developed_on') }} - {{ month_number('months.care_month') }} as age_months
    from months
    cross join dated

),

declared as (

    select
        municipality_code,
        care_month,
        sum(declared_cents) as declared_cents,
        case when count(*) = count(expected_cents) then sum(expected_cents) end as expected_cents
    from expected
    where declared_cents <> 0
    group by municipality_code, care_month

),

normal as (

    select
        aged.municipality_code,
        aged.care_year,
        aged.care_month,
        aged.age_months,
        aged.age_months > {{ var('completeness_horizon_months') }} as is_final,
        coalesce(of_municipality.share, of_all.share) as share,
        coalesce(declared.declared_cents, 0) as declared_cents,
        case when declared.municipality_code is null then 0 else declared.expected_cents end as expected_cents
    from aged
    left join declared
        on
            aged.municipality_code = declared.municipality_code
            and aged.care_month = declared.care_month
    left join shares as of_municipality
        on
            of_municipality.level = 'municipality'
            and aged.municipality_code = of_municipality.municipality_code
            and aged.age_months = of_municipality.age_months
    left join shares as of_all
        on
            of_all.level = 'all'
            and aged.age_months = of_all.age_months

),

-- a month without any amount is complete only where its age says so
judged as (

    select
        municipality_code,
        care_year,
        bool_or(
            age_months < 0
            or (
                not is_final
                and (
                    share is null
                    or expected_cents is null
                    or (declared_cents = 0 and share < {{ var('provisional_below') }})
                )
            )
        ) as has_unknown_month,
        sum(declared_cents) as declared_cents,
        sum(expected_cents) as expected_cents
    from normal
    group by municipality_code, care_year

)

select
    municipality_code,
    care_year,
    case when not has_unknown_month then cast(declared_cents as double) / nullif(expected_cents, 0) end as share_expected,
    has_unknown_month
    or coalesce(cast(declared_cents as double) / nullif(expected_cents, 0) < {{ var('provisional_below') }}, false)
        as is_provisional
from judged
