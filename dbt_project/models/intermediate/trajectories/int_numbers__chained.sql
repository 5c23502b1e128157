with

numbers as (

    select * from {{ ref('int_segments__first') }}

),

profiles as (

    select * from {{ ref('int_care_profiles__matched') }}

),

-- one client, provider, care profile and municipality, as one key
courses as (

    select
        numbers.*,
        {{ label_key("concat_ws('|', numbers.municipality_code, numbers.client_key, numbers.provider_agb, profiles.care_profile)") }}
            as course_key
    from numbers
    inner join profiles
        on numbers.number_key = profiles.number_key

),

-- an open end lies further than any day; all segments of a number stay together, so numbers are chained
ordered as (

    select
        number_key,
        course_key,
        is_allocated,
        begins_on,
        ends_until,
        row_number() over in_course as course_position,
        max(coalesce(ends_until, date '9999-12-31')) over (
            in_course rows between unbounded preceding and 1 preceding
        ) as latest_end_until
    from courses
    window
        in_course as (
            partition by course_key
            order by
                begins_on,
                allocation_number nulls last,
                is_allocated desc,
                sent_municipality_code,
                product_code,
                number_key
        )

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
            partition by course_key
            order by course_position
            rows between unbounded preceding and current row
        ) as chain
    from measured

)

select
    number_key,
    first_value(number_key) over links as first_number_key,
    row_number() over links as position,
    is_allocated,
    begins_on,
    ends_until,
    case when row_number() over links > 1 and latest_end_until < date '9999-12-31' then gap_days end as gap_days
from chained
window
    links as (
        partition by course_key, chain
        order by course_position
    )
