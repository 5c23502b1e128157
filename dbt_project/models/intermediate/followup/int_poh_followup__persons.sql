with

closed as (

    select * from {{ ref('int_poh_registrations__in_periods') }}
    where is_closed

),

scopes as (

    select * from {{ ref('int_poh_scopes__listed') }}
    where scope_kind in ('practice', 'municipality')

),

followed as (

    select * from {{ ref('int_poh_registrations__followed') }}

),

-- poh.md section 3: of several registrations in one period the newest decides.
newest as (

    select
        scopes.period_id,
        scopes.municipality_code,
        scopes.scope_id as practice_id,
        scopes.person_key,
        scopes.registration_id,
        row_number() over (
            partition by
                scopes.period_id, scopes.municipality_code, scopes.scope_kind, scopes.scope_id, scopes.person_key
            order by scopes.referred_on desc, scopes.registration_id desc
        ) as newness
    from scopes
    inner join closed
        on
            scopes.period_id = closed.period_id
            and scopes.registration_id = closed.registration_id

)

select
    newest.period_id,
    newest.municipality_code,
    newest.practice_id,
    newest.person_key,
    followed.outcome_group,
    followed.is_linked,
    followed.days_observed,
    followed.days_to_care,
    followed.days_from_referral,
    followed.care_profile,
    followed.trajectories_begun,
    followed.began_during_support,
    followed.had_ggz,
    followed.had_sggz
from newest
inner join followed
    on newest.registration_id = followed.registration_id
where newest.newness = 1
