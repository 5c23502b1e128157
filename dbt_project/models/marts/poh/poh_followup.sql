with

persons as (

    select * from {{ ref('int_poh_followup__persons') }}

),

incidences as (

    select * from {{ ref('int_poh_followup__estimated') }}

),

horizons as (

    select
        category as horizon,
        days
    from {{ ref('followup_categories') }}
    where measure = 'began_within'

),

linked as (

    select * from persons
    where is_linked

),

with_care as (

    select * from linked
    where days_to_care is not null

),

-- Everybody whose support ended is a group of its own: for the coverage, and as what the groups add up to.
coverage as (

    select
        period_id,
        municipality_code,
        practice_id,
        coalesce(outcome_group, 'all') as outcome_group,
        'coverage' as measure,
        'with_bsn' as category,
        sum(case when is_linked then 1 else 0 end) as clients,
        count(*) as denominator,
        cast(null as double) as days
    from persons
    group by grouping sets (
        (period_id, municipality_code, practice_id, outcome_group),
        (period_id, municipality_code, practice_id)
    )

),

-- Day N is seen when the last observed day is N or later.
at_horizons as (

    select
        linked.period_id,
        linked.municipality_code,
        linked.practice_id,
        linked.outcome_group,
        horizons.horizon,
        coalesce(linked.days_observed >= horizons.days, false) as is_followed,
        coalesce(linked.days_to_care <= horizons.days, false) as has_care
    from linked
    cross join horizons

),

within as (

    select
        period_id,
        municipality_code,
        practice_id,
        outcome_group,
        'began_within' as measure,
        horizon as category,
        sum(case when is_followed and has_care then 1 else 0 end) as clients,
        sum(case when is_followed then 1 else 0 end) as denominator,
        cast(null as double) as days
    from at_horizons
    group by period_id, municipality_code, practice_id, outcome_group, horizon

),

not_yet as (

    select
        period_id,
        municipality_code,
        practice_id,
        outcome_group,
        'not_yet_followed' as measure,
        horizon as category,
        sum(case when is_followed then 0 else 1 end) as clients,
        count(*) as denominator,
        cast(null as double) as days
    from at_horizons
    group by period_id, municipality_code, practice_id, outcome_group, horizon

),

around as (

    select
        period_id,
        municipality_code,
        practice_id,
        outcome_group,
        sum(case when began_during_support then 1 else 0 end) as began_during_support,
        sum(case when had_ggz then 1 else 0 end) as had_ggz,
        sum(case when had_sggz then 1 else 0 end) as had_sggz,
        sum(case when trajectories_begun = 1 then 1 else 0 end) as one,
        sum(case when trajectories_begun > 1 then 1 else 0 end) as several,
        count(days_to_care) as with_care,
        count(*) as linked,
        quantile_cont(days_from_referral, 0.25) as days_p25,
        quantile_cont(days_from_referral, 0.5) as days_median,
        quantile_cont(days_from_referral, 0.75) as days_p75
    from linked
    group by period_id, municipality_code, practice_id, outcome_group

),

profiles as (

    select
        period_id,
        municipality_code,
        practice_id,
        outcome_group,
        'profile' as measure,
        care_profile as category,
        count(*) as clients,
        sum(count(*)) over (partition by period_id, municipality_code, practice_id, outcome_group) as denominator,
        cast(null as double) as days
    from with_care
    group by period_id, municipality_code, practice_id, outcome_group, care_profile

),

measures as (

    select * from coverage
    union all
    select * from within
    union all
    select * from not_yet
    union all
    select * from profiles
    union all
    select
        period_id,
        municipality_code,
        practice_id,
        outcome_group,
        'began_during_support' as measure,
        'ggz' as category,
        began_during_support as clients,
        linked as denominator,
        cast(null as double) as days
    from around
    union all
    select
        period_id,
        municipality_code,
        practice_id,
        outcome_group,
        'care_before' as measure,
        'ggz' as category,
        had_ggz as clients,
        linked as denominator,
        cast(null as double) as days
    from around
    union all
    select
        period_id,
        municipality_code,
        practice_id,
        outcome_group,
        'care_before' as measure,
        'sggz' as category,
        had_sggz as clients,
        linked as denominator,
        cast(null as double) as days
    from around
    union all
    select
        period_id,
        municipality_code,
        practice_id,
        outcome_group,
        'trajectories' as measure,
        'one' as category,
        one as clients,
        with_care as denominator,
        cast(null as double) as days
    from around
    union all
    select
        period_id,
        municipality_code,
        practice_id,
        outcome_group,
        'trajectories' as measure,
        'several' as category,
        several as clients,
        with_care as denominator,
        cast(null as double) as days
    from around
    union all
    select
        period_id,
        municipality_code,
        practice_id,
        outcome_group,
        'days_to_care' as measure,
        'p25' as category,
        with_care as clients,
        linked as denominator,
        days_p25 as days
    from around
    union all
    select
        period_id,
        municipality_code,
        practice_id,
        outcome_group,
        'days_to_care' as measure,
        'median' as category,
        with_care as clients,
        linked as denominator,
        days_median as days
    from around
    union all
    select
        period_id,
        municipality_code,
        practice_id,
        outcome_group,
        'days_to_care' as measure,
        'p75' as category,
        with_care as clients,
        linked as denominator,
        days_p75 as days
    from around

)

select
    measures.period_id,
    measures.municipality_code,
    measures.practice_id,
    measures.outcome_group,
    measures.measure,
    measures.category,
    cast(measures.clients as bigint) as clients,
    cast(measures.denominator as bigint) as denominator,
    measures.days,
    incidences.incidence,
    incidences.incidence_low,
    incidences.incidence_high
from measures
left join incidences
    on
        measures.measure = 'began_within'
        and measures.period_id = incidences.period_id
        and measures.municipality_code = incidences.municipality_code
        and measures.practice_id = incidences.practice_id
        and measures.outcome_group = incidences.outcome_group
        and measures.category = incidences.horizon
-- Shares of nobody say nothing; a group without care has no days and no profile.
where measures.denominator > 0 and (measures.measure <> 'days_to_care' or measures.days is not null)
