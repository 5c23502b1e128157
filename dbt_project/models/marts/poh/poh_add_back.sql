with trajectory_years as (

    select * from {{ ref('trajectory_years') }}

),

trajectories as (

    select * from {{ ref('int_trajectories') }}

),

referrals as (

    select * from {{ ref('int_referrals__attributed') }}

),

registrations as (

    select * from {{ ref('int_poh_registrations__current') }}

),

-- Caution 1: what the municipality's own access (referrer type 01) started.
started_by_municipality as (

    select
        trajectory_years.trajectory_id,
        trajectory_years.municipality_code,
        trajectory_years.client_key,
        trajectory_years.year,
        trajectory_years.care_profile,
        trajectory_years.started_on,
        trajectory_years.cost_eur
    from trajectory_years
    inner join trajectories
        on trajectory_years.trajectory_id = trajectories.trajectory_id
    inner join referrals
        on trajectories.first_number_key = referrals.number_key
    where trajectory_years.status = 'new' and referrals.referrer_type = '01'

),

-- The day of the POH's own referral is not delivered; it lies between the referral to the POH and the end of the dossier.
prepared as (

    select
        started_by_municipality.*,
        registrations.practice_id,
        row_number() over (
            partition by started_by_municipality.trajectory_id
            order by registrations.referred_on desc, registrations.registration_id desc
        ) as newness
    from started_by_municipality
    inner join registrations
        on
            started_by_municipality.client_key = registrations.client_key
            and registrations.is_referred_to_contracted_care
            and registrations.referred_on <= started_by_municipality.started_on
            and (
                registrations.closed_on is null
                or {{ days_between('registrations.closed_on', 'started_by_municipality.started_on') }}
                    <= {{ var('poh_add_back_days') }}
            )

)

select
    municipality_code,
    practice_id,
    year,
    care_profile,
    count(*) as trajectories,
    count(distinct client_key) as clients,
    cast(sum(cost_eur) as decimal(18, 2)) as cost_eur
from prepared
where newness = 1
group by municipality_code, practice_id, year, care_profile
