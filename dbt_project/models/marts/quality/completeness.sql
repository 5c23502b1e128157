with

expected as (

    select * from {{ ref('int_completeness__expected') }}

),

levels as (

    select * from {{ ref('completeness_levels') }}

),

-- what is not estimated for one care profile is not known for the whole
summed as (

    select
        expected.municipality_code,
        expected.provider_agb,
        expected.care_month,
        sum(expected.declared_cents) as declared_cents,
        case when count(*) = count(expected.expected_cents) then sum(expected.expected_cents) end as expected_cents,
        case
            when count(*) = count(expected.standard_error_cents) then sum(expected.standard_error_cents)
        end as standard_error_cents,
        min(expected.months) as months,
        max_by(levels.level, levels.width) as level
    from expected
    inner join levels
        on expected.level = levels.level
    where expected.declared_cents <> 0
    group by expected.municipality_code, expected.provider_agb, expected.care_month

)

select
    municipality_code,
    provider_agb,
    care_month,
    {{ euros('declared_cents') }} as declared_eur,
    {{ euros('expected_cents') }} as expected_eur,
    cast(declared_cents as double) / nullif(expected_cents, 0) as share_expected,
    {{ euros('standard_error_cents') }} as expected_standard_error_eur,
    cast(months as integer) as months,
    level
from summed
where declared_cents <> 0
