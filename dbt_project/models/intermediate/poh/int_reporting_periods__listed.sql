with registrations as (

    select * from {{ ref('int_poh_registrations__current') }}

),

answers as (

    select * from {{ ref('int_survey_answers__current') }}

),

costs as (

    select * from {{ ref('stg_reference__programmakosten') }}

),

reporting_periods as (

    select * from {{ ref('stg_reference__rapportageperioden') }}

),

dates as (

    select
        referred_on as delivered_on,
        'poh' as subject
    from registrations
    union all
    select
        intake_on as delivered_on,
        'poh' as subject
    from registrations
    where intake_on is not null
    union all
    select
        closed_on as delivered_on,
        'poh' as subject
    from registrations
    where closed_on is not null
    union all
    select
        answered_on as delivered_on,
        'survey' as subject
    from answers
    union all
    select
        starts_on as delivered_on,
        'cost' as subject
    from costs
    union all
    select
        ends_until - interval 1 day as delivered_on,
        'cost' as subject
    from costs

),

-- Settled reading: calendar years from the first to the last date delivered.
spans as (

    select
        subject,
        extract(year from min(delivered_on)) as first_year,
        extract(year from max(delivered_on)) as last_year
    from dates
    group by subject

),

years as (

    select
        subject,
        {{ integer_series('first_year', 'last_year') }} as calendar_year
    from spans

),

subjects as (

    select 'poh' as subject
    union all
    select 'survey' as subject
    union all
    select 'cost' as subject

),

periods as (

    select
        subject,
        cast(calendar_year as varchar) as period_id,
        cast(calendar_year as varchar) as label,
        make_date(cast(calendar_year as integer), 1, 1) as starts_on,
        make_date(cast(calendar_year as integer) + 1, 1, 1) as ends_until,
        true as is_calendar_year
    from years
    union all
    select
        subjects.subject,
        reporting_periods.period_id,
        reporting_periods.label,
        reporting_periods.starts_on,
        reporting_periods.ends_until,
        false as is_calendar_year
    from reporting_periods
    cross join subjects
    -- A calendar year keeps its name: a reporting period that is called 2019 cannot replace the year.
    left join years
        on
            subjects.subject = years.subject
            and reporting_periods.period_id = cast(years.calendar_year as varchar)
    where years.calendar_year is null

)

select
    subject,
    period_id,
    label,
    starts_on,
    ends_until,
    is_calendar_year,
    cast({{ whole_months('starts_on', 'ends_until') }} as integer) as months
from periods
