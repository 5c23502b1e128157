with

segments as (

    select * from {{ ref('int_segments') }}

),

referrals as (

    select * from {{ ref('int_referrals__attributed') }}

),

-- one client, provider and care profile, as one key; in any municipality, since a child that moves keeps its referral
own as (

    select
        segments.number_key,
        segments.version_number,
        {{ label_key("concat_ws('|', segments.client_key, segments.provider_agb, segments.care_profile)") }} as care_key,
        segments.begins_on,
        segments.allocation_number,
        segments.is_allocated,
        segments.sent_municipality_code,
        segments.product_code,
        referrals.attribution,
        referrals.practice_id
    from segments
    left join referrals
        on segments.number_key = referrals.number_key

),

-- on one day the lower allocation number comes first; the rest only makes it certain
ordered as (

    select
        number_key,
        version_number,
        care_key,
        begins_on,
        attribution,
        practice_id,
        row_number() over (
            partition by care_key
            order by
                begins_on,
                allocation_number nulls last,
                is_allocated desc,
                sent_municipality_code,
                product_code,
                number_key,
                version_number
        ) as care_position
    from own

),

days as (

    select
        care_key,
        begins_on,
        min_by(practice_id, care_position) filter (where practice_id is not null) as practice_id,
        min(care_position) filter (where practice_id is not null) as care_position
    from ordered
    group by care_key, begins_on

),

earlier as (

    select
        care_key,
        begins_on,
        last_value(practice_id ignore nulls) over before_that_day as practice_id,
        last_value(care_position ignore nulls) over before_that_day as care_position
    from days
    window
        before_that_day as (
            partition by care_key
            order by begins_on
            rows between unbounded preceding and 1 preceding
        )

)

select
    ordered.number_key,
    ordered.version_number,
    ordered.care_key,
    ordered.care_position,
    case
        when ordered.attribution is not null then ordered.attribution
        when earlier.practice_id is not null then 'inherited'
        else 'none'
    end as attribution,
    case when ordered.attribution is not null then ordered.practice_id else earlier.practice_id end as practice_id,
    case when ordered.attribution is null then earlier.care_position end as inherited_from_position
from ordered
left join earlier
    on
        ordered.care_key = earlier.care_key
        and ordered.begins_on = earlier.begins_on
