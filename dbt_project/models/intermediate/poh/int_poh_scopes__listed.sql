with registrations as (

    select * from {{ ref('int_poh_registrations__in_periods') }}

),

programmes as (

    select * from {{ ref('int_poh_programmes__practices') }}

)

select
    period_id,
    municipality_code,
    'practice' as scope_kind,
    practice_id as scope_id,
    registration_id,
    person_key,
    referred_on
from registrations
union all
select
    period_id,
    municipality_code,
    'municipality' as scope_kind,
    'all' as scope_id,
    registration_id,
    person_key,
    referred_on
from registrations
union all
-- The programme's own persons, each once, for the benefits of section 7.
select
    registrations.period_id,
    registrations.municipality_code,
    'programme' as scope_kind,
    programmes.programme as scope_id,
    registrations.registration_id,
    registrations.person_key,
    registrations.referred_on
from registrations
inner join programmes
    on
        registrations.period_id = programmes.period_id
        and registrations.municipality_code = programmes.municipality_code
        and registrations.practice_id = programmes.practice_id
