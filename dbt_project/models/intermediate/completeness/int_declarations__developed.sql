with

events as (

    select * from {{ ref('int_declarations__development_events') }}

),

dated as (

    select * from {{ ref('int_development__dated') }}

),

municipalities as (

    select * from {{ ref('int_municipalities__merged') }}

),

numbers as (

    select * from {{ ref('int_segments__first') }}

),

profiles as (

    select * from {{ ref('int_care_profiles__matched') }}

),

-- the profile that most numbers with the product code have: rejected lines need one too, and have no segment
counted_profiles as (

    select
        numbers.sent_municipality_code,
        numbers.product_code,
        profiles.care_profile,
        row_number() over (
            partition by numbers.sent_municipality_code, numbers.product_code
            order by count(*) desc, profiles.care_profile
        ) as position
    from numbers
    inner join profiles
        on numbers.number_key = profiles.number_key
    where numbers.product_code is not null
    group by numbers.sent_municipality_code, numbers.product_code, profiles.care_profile

),

placed as (

    select
        coalesce(municipalities.successor_code, events.municipality_code) as municipality_code,
        events.provider_agb,
        coalesce(counted_profiles.care_profile, 'overig') as care_profile,
        events.care_month,
        greatest(
            0,
            {{ month_number('events.known_on') }} - {{ month_number('events.care_month') }}
            + case when day(events.known_on) > dated.closing_day then 1 else 0 end
        ) as delay_months,
        {{ month_number('dated.developed_on') }} - {{ month_number('events.care_month') }} as age_months,
        events.known_on,
        events.cents
    from events
    cross join dated
    left join municipalities
        on events.municipality_code = municipalities.municipality_code
    left join counted_profiles
        on
            events.municipality_code = counted_profiles.sent_municipality_code
            and events.product_code = counted_profiles.product_code
            and counted_profiles.position = 1

),

-- what the first messages tell about older care is a backlog, not a delay
followed as (

    select
        *,
        care_month >= {{ first_of_month('min(known_on) over (partition by municipality_code)') }} as is_followed
    from placed

)

-- care that begins after the newest message has been declared in advance, and has no age yet
select
    municipality_code,
    provider_agb,
    care_profile,
    care_month,
    cast(least(delay_months, greatest(age_months, 0)) as integer) as delay_months,
    cast(greatest(age_months, 0) as integer) as age_months,
    is_followed,
    cast(sum(cents) as bigint) as cents
from followed
group by
    municipality_code,
    provider_agb,
    care_profile,
    care_month,
    least(delay_months, greatest(age_months, 0)),
    age_months,
    is_followed
