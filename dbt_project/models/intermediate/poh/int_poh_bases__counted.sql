with scopes as (

    select * from {{ ref('int_poh_scopes__listed') }}

),

registrations as (

    select * from {{ ref('int_poh_registrations__in_periods') }}

)

select
    scopes.period_id,
    scopes.municipality_code,
    scopes.scope_kind,
    scopes.scope_id,
    count(distinct scopes.person_key) as present,
    count(distinct case when registrations.is_referred then scopes.person_key end) as referred,
    count(
        distinct case when registrations.is_referred and registrations.contact_on is not null then scopes.person_key end
    ) as referred_with_contact,
    count(distinct case when registrations.is_seen then scopes.person_key end) as seen,
    count(distinct case when registrations.is_closed then scopes.person_key end) as closed,
    count(distinct case when registrations.is_completed then scopes.person_key end) as completed
from scopes
inner join registrations
    on
        scopes.period_id = registrations.period_id
        and scopes.registration_id = registrations.registration_id
group by scopes.period_id, scopes.municipality_code, scopes.scope_kind, scopes.scope_id
