with

segments as (

    select * from {{ ref('int_segments') }}

),

referrals as (

    select * from {{ ref('int_referrals__attributed') }}

),

own as (

    select
        segments.segment_key,
        segments.number_key,
        segments.allocation_number,
        segments.client_key,
        segments.provider_agb,
        segments.care_profile,
        segments.begins_on,
        referrals.attribution,
        referrals.practice_id
    from segments
    left join referrals
        on segments.number_key = referrals.number_key

),

-- two practices on one day: the lower allocation number
ranked as (

    select
        *,
        row_number() over (
            partition by client_key, provider_agb, care_profile, begins_on
            order by practice_id is null, allocation_number nulls last, segment_key
        ) as position
    from own

),

days as (

    select
        client_key,
        provider_agb,
        care_profile,
        begins_on,
        practice_id,
        case when practice_id is not null then segment_key end as segment_key
    from ranked
    where position = 1

),

-- in any municipality: a child that moves keeps its referral
earlier as (

    select
        client_key,
        provider_agb,
        care_profile,
        begins_on,
        last_value(practice_id ignore nulls) over before_that_day as practice_id,
        last_value(segment_key ignore nulls) over before_that_day as segment_key
    from days
    window
        before_that_day as (
            partition by client_key, provider_agb, care_profile
            order by begins_on
            rows between unbounded preceding and 1 preceding
        )

)

select
    own.segment_key,
    own.number_key,
    own.allocation_number,
    own.begins_on,
    case
        when own.attribution is not null then own.attribution
        when earlier.practice_id is not null then 'inherited'
        else 'none'
    end as attribution,
    case when own.attribution is not null then own.practice_id else earlier.practice_id end as practice_id,
    case when own.attribution is null then earlier.segment_key end as inherited_from_segment_key
from own
left join earlier
    on
        own.client_key = earlier.client_key
        and own.provider_agb = earlier.provider_agb
        and own.care_profile = earlier.care_profile
        and own.begins_on = earlier.begins_on
