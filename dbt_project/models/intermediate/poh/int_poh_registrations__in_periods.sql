with registrations as (

    select * from {{ ref('int_poh_registrations__current') }}

),

periods as (

    select * from {{ ref('int_reporting_periods__listed') }}
    where subject = 'poh'

),

present as (

    select
        periods.period_id,
        periods.starts_on,
        periods.ends_until,
        registrations.*
    from registrations
    inner join periods
        on
            registrations.referred_on < periods.ends_until
            and (registrations.closed_on is null or registrations.closed_on >= periods.starts_on)

),

-- poh.md section 3: had contact before the period's end.
seen as (

    select
        *,
        referred_on >= starts_on as is_referred,
        coalesce(contact_on < ends_until, false) as is_seen,
        coalesce(closed_on < ends_until, false) as is_closed_in_period
    from present

)

select
    period_id,
    registration_id,
    municipality_code,
    practice_id,
    person_key,
    referred_on,
    intake_on,
    contact_on,
    age,
    sex,
    contacts,
    reporter,
    presenting_problem,
    activities,
    outcome_clarification,
    support_offered,
    outcome_treatment,
    referred_to_provider,
    referred_profile,
    formal_referrer,
    bridging,
    is_referred,
    is_seen,
    is_seen and contact_on >= starts_on as is_seen_new,
    is_closed_in_period,
    is_seen and is_closed_in_period as is_closed,
    is_seen and is_closed_in_period and outcome_treatment is not null as is_completed,
    is_referred and is_referred_to_contracted_care as is_to_contracted_care
from seen
