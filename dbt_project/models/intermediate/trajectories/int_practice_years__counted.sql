with

trajectory_years as (

    select * from {{ ref('trajectory_years') }}

),

-- a client with care in both domains is one client in `all`
in_domains as (

    select
        municipality_code,
        practice_id,
        year,
        domain,
        client_key,
        status,
        cost_eur
    from trajectory_years

    union all

    select
        municipality_code,
        practice_id,
        year,
        'all' as domain,
        client_key,
        status,
        cost_eur
    from trajectory_years

)

select
    municipality_code,
    practice_id,
    year,
    domain,
    count(distinct client_key) as clients,
    count(*) as active,
    count(*) filter (where status in ('new', 'extended')) as started,
    count(*) filter (where status = 'new') as new,
    count(*) filter (where status = 'extended') as extended,
    count(*) filter (where status = 'carried_over') as carried_over,
    count(*) filter (where status = 'converted') as converted,
    count(*) filter (where status = 'unknown') as unknown,
    cast(sum(cost_eur) as decimal(18, 2)) as cost_eur,
    cast(coalesce(sum(cost_eur) filter (where status in ('new', 'extended')), 0) as decimal(18, 2)) as cost_started_eur,
    cast(coalesce(sum(cost_eur) filter (where status = 'carried_over'), 0) as decimal(18, 2)) as cost_carried_over_eur
from in_domains
group by municipality_code, practice_id, year, domain
