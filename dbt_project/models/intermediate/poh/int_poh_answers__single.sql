with registrations as (

    select * from {{ ref('int_poh_registrations__in_periods') }}

),

categories as (

    select * from {{ ref('poh_categories') }}

),

answers as (

    select
        period_id,
        registration_id,
        'waiting_time' as dimension,
        case
            when intake_on is null then 'unknown'
            when {{ days_between('referred_on', 'intake_on') }} <= 7 then '0_7'
            when {{ days_between('referred_on', 'intake_on') }} <= 14 then '8_14'
            when {{ days_between('referred_on', 'intake_on') }} <= 28 then '15_28'
            else '29_plus'
        end as category,
        intake_on is not null as is_filled
    from registrations
    where is_referred and contact_on is not null
    union all
    select
        period_id,
        registration_id,
        'dossier_status' as dimension,
        case
            when is_closed then 'closed'
            else 'open'
        end as category,
        true as is_filled
    from registrations
    where is_seen
    union all
    select
        period_id,
        registration_id,
        'outcome_clarification' as dimension,
        case
            when outcome_clarification is not null then outcome_clarification
            when not is_closed then 'open'
            else 'unknown'
        end as category,
        outcome_clarification is not null as is_filled
    from registrations
    where is_seen
    union all
    select
        period_id,
        registration_id,
        'outcome_treatment' as dimension,
        coalesce(outcome_treatment, 'unknown') as category,
        outcome_treatment is not null as is_filled
    from registrations
    where is_completed
    union all
    select
        period_id,
        registration_id,
        'support_group' as dimension,
        case
            when {{ listed_in('support_offered', "'poh_ambulatory_support'") }} then 'supported_by_poh'
            when {{ listed_in('support_offered', "'information_and_advice'") }} then 'supported_by_poh'
            when {{ listed_in('support_offered', "'other_basic_service'") }} then 'supported_elsewhere'
            when support_offered <> 'unknown' then 'not_supported'
            else 'unknown'
        end as category,
        support_offered is not null as is_filled
    from registrations
    where is_referred
    union all
    select
        period_id,
        registration_id,
        'reporter' as dimension,
        coalesce(reporter, 'unknown') as category,
        reporter is not null as is_filled
    from registrations
    union all
    select
        period_id,
        registration_id,
        'presenting_problem' as dimension,
        coalesce(presenting_problem, 'unknown') as category,
        presenting_problem is not null as is_filled
    from registrations
    union all
    select
        period_id,
        registration_id,
        'contacts_at_closure' as dimension,
        case
            when contacts is null or contacts = 0 then 'unknown'
            when contacts <= 2 then '1_2'
            when contacts <= 5 then '3_5'
            when contacts <= 10 then '6_10'
            else '11_plus'
        end as category,
        contacts is not null as is_filled
    from registrations
    where is_closed
    union all
    select
        period_id,
        registration_id,
        'age_band_4' as dimension,
        case
            when age <= 3 then '0_3'
            when age <= 6 then '4_6'
            when age <= 12 then '7_12'
            when age <= 15 then '13_15'
            when age <= 18 then '16_18'
            else '19_plus'
        end as category,
        true as is_filled
    from registrations
    union all
    select
        period_id,
        registration_id,
        'age_band_poh' as dimension,
        case
            when age <= 4 then '0_4'
            when age <= 8 then '5_8'
            when age <= 12 then '9_12'
            when age <= 16 then '13_16'
            else '17_plus'
        end as category,
        true as is_filled
    from registrations
    union all
    select
        period_id,
        registration_id,
        'age_band_poh_male' as dimension,
        case
            when age <= 4 then '0_4'
            when age <= 8 then '5_8'
            when age <= 12 then '9_12'
            when age <= 16 then '13_16'
            else '17_plus'
        end as category,
        true as is_filled
    from registrations
    where sex = 'male'
    union all
    select
        period_id,
        registration_id,
        'age_band_poh_female' as dimension,
        case
            when age <= 4 then '0_4'
            when age <= 8 then '5_8'
            when age <= 12 then '9_12'
            when age <= 16 then '13_16'
            else '17_plus'
        end as category,
        true as is_filled
    from registrations
    where sex = 'female'
    union all
    select
        period_id,
        registration_id,
        'sex' as dimension,
        coalesce(sex, 'unknown') as category,
        sex is not null as is_filled
    from registrations
    union all
    select
        period_id,
        registration_id,
        'referred_to_provider' as dimension,
        coalesce(referred_to_provider, 'unknown') as category,
        referred_to_provider is not null as is_filled
    from registrations
    where is_to_contracted_care
    union all
    select
        period_id,
        registration_id,
        'referred_profile' as dimension,
        coalesce(referred_profile, 'unknown') as category,
        referred_profile is not null as is_filled
    from registrations
    where is_to_contracted_care
    union all
    select
        period_id,
        registration_id,
        'formal_referrer' as dimension,
        coalesce(formal_referrer, 'unknown') as category,
        formal_referrer is not null as is_filled
    from registrations
    where is_to_contracted_care
    union all
    select
        period_id,
        registration_id,
        'bridging' as dimension,
        coalesce(bridging, 'unknown') as category,
        bridging is not null as is_filled
    from registrations
    where is_seen

),

-- Roll-ups read the same answer, so a person's group is always that of the person's category.
grouped as (

    select
        answers.period_id,
        answers.registration_id,
        answers.dimension || '_group' as dimension,
        categories.group_category as category,
        answers.is_filled
    from answers
    inner join categories
        on
            answers.dimension = categories.dimension
            and answers.category = categories.category
    where categories.group_category is not null

)

select
    period_id,
    registration_id,
    dimension,
    category,
    is_filled
from answers
union all
select
    period_id,
    registration_id,
    dimension,
    category,
    is_filled
from grouped
