with measured as (

    select * from {{ ref('int_regions__compared') }}

),

practice_level as (

    select
        coalesce(region, 'unknown') as region,
        municipality_code,
        practice_id,
        year,
        domain,
        measure,
        value
    from measured

),

municipality_level as (

    select
        coalesce(region, 'unknown') as region,
        municipality_code,
        'all' as practice_id,
        year,
        domain,
        measure,
        sum(value) as value
    from measured
    group by region, municipality_code, year, domain, measure

),

-- Municipalities without a region do not form one together.
region_level as (

    select
        region,
        'all' as municipality_code,
        'all' as practice_id,
        year,
        domain,
        measure,
        sum(value) as value
    from measured
    where region is not null
    group by region, year, domain, measure

),

practices as (

    select distinct
        region,
        municipality_code,
        practice_id
    from measured
    where region is not null and practice_id <> 'unattributed'

),

practices_in_region as (

    select
        region,
        practice_id,
        year,
        domain,
        measure,
        sum(value) as value
    from measured
    where region is not null
    group by region, practice_id, year, domain, measure

),

-- A practice is compared with the others of its region, so its own share is taken out, in every municipality.
rest_of_region as (

    select
        practices.region,
        practices.municipality_code,
        practices.practice_id,
        region_level.year,
        region_level.domain,
        region_level.measure || '_rest_of_region' as measure,
        region_level.value - coalesce(practices_in_region.value, 0) as value
    from practices
    inner join region_level
        on practices.region = region_level.region
    left join practices_in_region
        on
            practices.region = practices_in_region.region
            and practices.practice_id = practices_in_region.practice_id
            and region_level.year = practices_in_region.year
            and region_level.domain = practices_in_region.domain
            and region_level.measure = practices_in_region.measure

),

levels as (

    select
        region,
        municipality_code,
        practice_id,
        year,
        domain,
        measure,
        value
    from practice_level
    union all
    select
        region,
        municipality_code,
        practice_id,
        year,
        domain,
        measure,
        value
    from municipality_level
    union all
    select
        region,
        municipality_code,
        practice_id,
        year,
        domain,
        measure,
        value
    from region_level
    union all
    select
        region,
        municipality_code,
        practice_id,
        year,
        domain,
        measure,
        value
    from rest_of_region

),

base_year as (

    select
        region,
        municipality_code,
        practice_id,
        domain,
        measure,
        value
    from levels
    where year = {{ var('index_base_year') }}

)

select
    levels.region,
    levels.municipality_code,
    levels.practice_id,
    levels.year,
    levels.domain,
    levels.measure,
    cast(levels.value as decimal(18, 2)) as value,
    cast(levels.value as double) * 100 / nullif(cast(base_year.value as double), 0) as index
from levels
left join base_year
    on
        levels.region = base_year.region
        and levels.municipality_code = base_year.municipality_code
        and levels.practice_id = base_year.practice_id
        and levels.domain = base_year.domain
        and levels.measure = base_year.measure
