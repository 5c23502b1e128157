with

development as (

    select * from {{ ref('int_declarations__developed') }}

),

shares as (

    select * from {{ ref('int_completeness__estimated') }}

),

declared as (

    select
        municipality_code,
        provider_agb,
        care_profile,
        care_month,
        age_months,
        sum(cents) as declared_cents
    from development
    group by municipality_code, provider_agb, care_profile, care_month, age_months

),

-- the narrowest group that has a share at this age; older care than the horizon is final
chosen as (

    select
        declared.municipality_code,
        declared.provider_agb,
        declared.care_profile,
        declared.care_month,
        declared.age_months,
        declared.declared_cents,
        case
            when declared.age_months > {{ var('completeness_horizon_months') }} then 'final'
            else coalesce(of_profile.level, of_municipality.level, of_all.level, 'none')
        end as level,
        case
            when declared.age_months > {{ var('completeness_horizon_months') }} then 1
            else coalesce(of_profile.share, of_municipality.share, of_all.share)
        end as share,
        case
            when declared.age_months > {{ var('completeness_horizon_months') }} then 0
            when of_profile.level is not null then of_profile.variation
            when of_municipality.level is not null then of_municipality.variation
            else of_all.variation
        end as variation,
        case
            when declared.age_months > {{ var('completeness_horizon_months') }} then null
            else coalesce(of_profile.months, of_municipality.months, of_all.months)
        end as months
    from declared
    left join shares as of_profile
        on
            of_profile.level = 'profile'
            and declared.municipality_code = of_profile.municipality_code
            and declared.care_profile = of_profile.care_profile
            and declared.age_months = of_profile.age_months
    left join shares as of_municipality
        on
            of_municipality.level = 'municipality'
            and declared.municipality_code = of_municipality.municipality_code
            and declared.age_months = of_municipality.age_months
    left join shares as of_all
        on
            of_all.level = 'all'
            and declared.age_months = of_all.age_months

)

-- whole cents, or sums would depend on the order of their terms
select
    municipality_code,
    provider_agb,
    care_profile,
    care_month,
    age_months,
    cast(declared_cents as bigint) as declared_cents,
    cast(round(declared_cents / share) as bigint) as expected_cents,
    cast(round(abs(declared_cents) / share * variation) as bigint) as standard_error_cents,
    level,
    months
from chosen
