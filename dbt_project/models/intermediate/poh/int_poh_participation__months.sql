with registrations as (

    select * from {{ ref('int_poh_registrations__current') }}

),

periods as (

    select * from {{ ref('int_reporting_periods__listed') }}
    where subject = 'poh'

),

participation as (

    select * from {{ ref('stg_reference__deelname') }}

),

practices as (

    select * from {{ ref('stg_reference__praktijken') }}

),

municipalities as (

    select * from {{ ref('int_municipalities__merged') }}

),

-- A group practice may have youth of a second municipality, so its registrations say where it works, besides its address.
working_in as (

    select
        municipality_code,
        practice_id
    from registrations
    union
    select
        coalesce(municipalities.successor_code, practices.municipality_code) as municipality_code,
        practices.practice_id
    from practices
    left join municipalities
        on practices.municipality_code = municipalities.municipality_code

),

scoped as (

    select
        working_in.municipality_code,
        working_in.practice_id as scope_id,
        participation.starts_on,
        participation.ends_until
    from working_in
    inner join participation
        on working_in.practice_id = participation.practice_id
    union all
    select
        working_in.municipality_code,
        'all' as scope_id,
        participation.starts_on,
        participation.ends_until
    from working_in
    inner join participation
        on working_in.practice_id = participation.practice_id

),

-- Equal stretches once: a tie in the order below could otherwise begin a second stretch.
clipped as (

    select distinct
        scoped.municipality_code,
        scoped.scope_id,
        periods.period_id,
        greatest(scoped.starts_on, periods.starts_on) as starts_on,
        least(coalesce(scoped.ends_until, periods.ends_until), periods.ends_until) as ends_until
    from scoped
    inner join periods
        on
            scoped.starts_on < periods.ends_until
            and (scoped.ends_until is null or scoped.ends_until > periods.starts_on)

),

covered as (

    select
        *,
        max(ends_until) over (
            partition by municipality_code, scope_id, period_id
            order by starts_on, ends_until
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from clipped

),

numbered as (

    select
        *,
        sum(case when starts_on <= covered_until then 0 else 1 end) over (
            partition by municipality_code, scope_id, period_id
            order by starts_on, ends_until
            rows between unbounded preceding and current row
        ) as stretch
    from covered

),

stretches as (

    select
        municipality_code,
        scope_id,
        period_id,
        stretch,
        min(starts_on) as starts_on,
        max(ends_until) as ends_until
    from numbered
    group by municipality_code, scope_id, period_id, stretch

),

months_taken_part as (

    select
        municipality_code,
        scope_id,
        period_id,
        sum({{ whole_months('starts_on', 'ends_until') }}) as months
    from stretches
    group by municipality_code, scope_id, period_id

),

scopes_with_participation as (

    select distinct
        municipality_code,
        scope_id
    from scoped

)

-- Whoever has participation takes part in these months only, which may be none; whoever has none known is not listed here.
select
    scopes_with_participation.municipality_code,
    scopes_with_participation.scope_id,
    periods.period_id,
    cast(coalesce(months_taken_part.months, 0) as integer) as months
from scopes_with_participation
cross join periods
left join months_taken_part
    on
        scopes_with_participation.municipality_code = months_taken_part.municipality_code
        and scopes_with_participation.scope_id = months_taken_part.scope_id
        and periods.period_id = months_taken_part.period_id
