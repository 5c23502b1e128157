with registrations as (

    select * from {{ ref('int_poh_registrations__in_periods') }}

),

periods as (

    select * from {{ ref('int_reporting_periods__listed') }}
    where subject = 'poh'

),

participation as (

    select * from {{ ref('stg_reference__deelname') }}

),

costs as (

    select * from {{ ref('stg_reference__programmakosten') }}

),

targets as (

    select * from {{ ref('stg_reference__doelen') }}

),

municipalities as (

    select * from {{ ref('int_municipalities__merged') }}

),

taking_part as (

    select distinct
        periods.period_id,
        participation.programme,
        participation.practice_id
    from participation
    inner join periods
        on
            participation.starts_on < periods.ends_until
            and (participation.ends_until is null or participation.ends_until > periods.starts_on)

),

-- A programme of which no participation is known is that of the whole municipality that pays for it.
undivided as (

    select
        programme,
        municipality_code
    from costs
    union
    select
        programme,
        municipality_code
    from targets

),

undivided_merged as (

    select distinct
        undivided.programme,
        coalesce(municipalities.successor_code, undivided.municipality_code) as municipality_code
    from undivided
    left join municipalities
        on undivided.municipality_code = municipalities.municipality_code
    left join participation
        on undivided.programme = participation.programme
    where participation.programme is null

),

seen_practices as (

    select distinct
        period_id,
        municipality_code,
        practice_id
    from registrations

)

select
    seen_practices.period_id,
    seen_practices.municipality_code,
    taking_part.programme,
    seen_practices.practice_id
from seen_practices
inner join taking_part
    on
        seen_practices.period_id = taking_part.period_id
        and seen_practices.practice_id = taking_part.practice_id
union all
select
    seen_practices.period_id,
    seen_practices.municipality_code,
    undivided_merged.programme,
    seen_practices.practice_id
from seen_practices
inner join undivided_merged
    on seen_practices.municipality_code = undivided_merged.municipality_code
