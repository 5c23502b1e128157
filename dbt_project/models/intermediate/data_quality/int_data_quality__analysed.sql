with

development as (

    select * from {{ ref('int_declarations__development_summed') }}

),

municipalities as (

    select * from {{ ref('int_municipalities__merged') }}

),

completeness as (

    select * from {{ ref('completeness') }}

),

numbers as (

    select * from {{ ref('int_segments__first') }}

),

profiles as (

    select * from {{ ref('int_care_profiles__matched') }}

),

trajectories as (

    select * from {{ ref('int_trajectories') }}

),

attributions as (

    select * from {{ ref('int_trajectories__attributed') }}

),

costs as (

    select
        trajectory_id,
        cast(sum(cost_eur) * 100 as bigint) as cents
    from {{ ref('trajectory_years') }}
    group by trajectory_id

),

declared as (

    select
        coalesce(municipalities.successor_code, development.municipality_code) as municipality_code,
        development.care_month as month,
        sum(development.lines) as lines,
        sum(development.counting_lines) as counting_lines,
        sum(development.open_lines) as open_lines,
        sum(development.rejected_lines) as rejected_lines,
        sum(development.open_cents) as open_cents,
        sum(development.rejected_cents) as rejected_cents
    from development
    left join municipalities
        on development.municipality_code = municipalities.municipality_code
    group by coalesce(municipalities.successor_code, development.municipality_code), development.care_month

),

measured as (

    select
        'open_lines' as rule,
        'lines' as unit,
        municipality_code,
        month,
        counting_lines as rows_tested,
        open_lines as rows_failing,
        open_cents as cents_concerned
    from declared
    where counting_lines > 0

    union all

    select
        'rejected_lines' as rule,
        'lines' as unit,
        municipality_code,
        month,
        lines as rows_tested,
        rejected_lines as rows_failing,
        rejected_cents as cents_concerned
    from declared

    union all

    select
        'incomplete_declarations' as rule,
        'providers' as unit,
        municipality_code,
        care_month as month,
        count(*) as rows_tested,
        count(*) filter (where coalesce(share_expected < {{ var('provisional_below') }}, true)) as rows_failing,
        case
            when count(*) = count(expected_eur) then cast(sum(expected_eur - declared_eur) * 100 as bigint)
        end as cents_concerned
    from completeness
    group by municipality_code, care_month

    union all

    select
        'trajectory_without_practice' as rule,
        'trajectories' as unit,
        trajectories.municipality_code,
        {{ first_of_month('trajectories.begins_on') }} as month,
        count(*) as rows_tested,
        count(*) filter (where attributions.practice_id is null) as rows_failing,
        coalesce(sum(costs.cents) filter (where attributions.practice_id is null), 0) as cents_concerned
    from trajectories
    inner join attributions
        on trajectories.first_number_key = attributions.first_number_key
    left join costs
        on trajectories.trajectory_id = costs.trajectory_id
    group by trajectories.municipality_code, {{ first_of_month('trajectories.begins_on') }}

    union all

    select
        'product_without_care_profile' as rule,
        'allocation numbers' as unit,
        numbers.municipality_code,
        {{ first_of_month('numbers.begins_on') }} as month,
        count(*) as rows_tested,
        count(*) filter (where profiles.product_pattern is null) as rows_failing,
        cast(null as bigint) as cents_concerned
    from numbers
    inner join profiles
        on numbers.number_key = profiles.number_key
    group by numbers.municipality_code, {{ first_of_month('numbers.begins_on') }}

)

select
    'analytical' as level,
    'warehouse' as source,
    rule,
    'measure' as field,
    cast(null as varchar) as standard,
    municipality_code,
    month,
    unit,
    rows_tested,
    rows_failing,
    cents_concerned
from measured
