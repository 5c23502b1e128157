with

events as (

    select * from {{ ref('int_declarations__development_events') }}

),

decisions as (

    select * from {{ ref('int_decisions__matched') }}

),

newest as (

    select max(known_on) as known_on
    from events

    union all

    select max(known_at) as known_on
    from decisions

)

-- the day on which a month of development ends; the last day of a month stands for day 31
select
    max(known_on) as developed_on,
    case
        when {{ day_after('max(known_on)') }} = {{ first_of_next_month('max(known_on)') }} then 31
        else day(max(known_on))
    end as closing_day
from newest
having max(known_on) is not null
