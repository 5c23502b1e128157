with

years as (

    select * from {{ ref('int_trajectories__allocated') }}

),

trajectories as (

    select * from {{ ref('int_trajectories') }}

),

attributions as (

    select * from {{ ref('int_trajectories__attributed') }}

),

placed as (

    select
        trajectories.municipality_code,
        coalesce(attributions.practice_id, 'unattributed') as practice_id,
        cast(years.care_year as integer) as year,
        trajectories.domain,
        years.status
    from years
    inner join trajectories
        on years.first_number_key = trajectories.first_number_key
    inner join attributions
        on years.first_number_key = attributions.first_number_key

),

in_domains as (

    select
        municipality_code,
        practice_id,
        year,
        domain,
        status
    from placed

    union all

    select
        municipality_code,
        practice_id,
        year,
        'all' as domain,
        status
    from placed

)

select
    municipality_code,
    practice_id,
    year,
    domain,
    count(*) as active,
    count(*) filter (where status in ('new', 'extended')) as started
from in_domains
group by municipality_code, practice_id, year, domain
