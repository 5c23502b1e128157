with

segments as (

    select * from {{ ref('int_segments__attributed') }}
    where attribution = 'unresolved'

),

referrals as (

    select * from {{ ref('int_referrals__attributed') }}

),

suggestions as (

    select * from {{ ref('stg_lake__referrer_suggestions') }}

),

best as (

    select
        referrer_hash,
        practice_id,
        score,
        row_number() over (partition by referrer_hash order by score desc, practice_id) as position
    from suggestions

),

counted as (

    select
        coalesce(referrals.referrer_hash, referrals.referrer_agb, 'not named') as referrer,
        referrals.referrer_hash,
        case when referrals.referrer_hash is null then referrals.referrer_agb end as referrer_agb,
        count(*) as segments
    from segments
    inner join referrals
        on segments.number_key = referrals.number_key
    group by
        coalesce(referrals.referrer_hash, referrals.referrer_agb, 'not named'),
        referrals.referrer_hash,
        case when referrals.referrer_hash is null then referrals.referrer_agb end

)

select
    counted.referrer,
    counted.referrer_hash,
    counted.referrer_agb,
    counted.segments,
    best.practice_id as suggestion,
    best.score
from counted
left join best
    on
        counted.referrer_hash = best.referrer_hash
        and best.position = 1
