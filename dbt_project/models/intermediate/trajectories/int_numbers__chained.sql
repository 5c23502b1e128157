with

numbers as (

    select * from {{ ref('int_segments__first') }}

),

profiles as (

    select * from {{ ref('int_care_profiles__matched') }}

),

-- an open end lies further than any day; all segments of a number stay together, so numbers are chained
ordered as (

    select
        numbers.number_key,
        numbers.municipality_code,
        numbers.client_key,
        numbers.provider_agb,
        profiles.care_profile,
        numbers.allocation_number,
        numbers.begins_on,
        max(coalesce(numbers.ends_until, date '9999-12-31')) over (
            partition by numbers.municipality_code, numbers.client_key, numbers.provider_agb, profiles.care_profile
            order by numbers.begins_on, numbers.allocation_number nulls last, numbers.number_key
            rows between unbounded preceding and 1 preceding
        ) as latest_end_until
    from numbers
    inner join profiles
        on numbers.number_key = profiles.number_key

),

measured as (

    select
        *,
        {{ days_between('latest_end_until', 'begins_on') }} as gap_days
    from ordered

),

chained as (

    select
        *,
        sum(case when gap_days <= (select max_gap_days from {{ ref('chaining') }}) then 0 else 1 end) over (
            partition by municipality_code, client_key, provider_agb, care_profile
            order by begins_on, allocation_number nulls last, number_key
            rows between unbounded preceding and current row
        ) as chain
    from measured

)

select
    number_key,
    md5(first_value(number_key) over links) as trajectory_id,
    row_number() over links as position,
    case when row_number() over links > 1 and latest_end_until < date '9999-12-31' then gap_days end as gap_days
from chained
window
    links as (
        partition by municipality_code, client_key, provider_agb, care_profile, chain
        order by begins_on, allocation_number nulls last, number_key
    )
