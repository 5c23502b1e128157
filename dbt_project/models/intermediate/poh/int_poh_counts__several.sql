with answers as (

    select * from {{ ref('int_poh_answers__several') }}

),

scopes as (

    select * from {{ ref('int_poh_scopes__listed') }}

),

bases as (

    select * from {{ ref('int_poh_bases__counted') }}

),

scoped as (

    select
        scopes.period_id,
        scopes.municipality_code,
        scopes.scope_kind,
        scopes.scope_id,
        scopes.person_key,
        answers.dimension,
        answers.category,
        answers.is_filled,
        max(case when answers.category <> 'unknown' then 1 else 0 end) over (
            partition by
                scopes.period_id,
                scopes.municipality_code,
                scopes.scope_kind,
                scopes.scope_id,
                scopes.person_key,
                answers.dimension
        ) as has_recognised
    from answers
    inner join scopes
        on
            answers.period_id = scopes.period_id
            and answers.registration_id = scopes.registration_id

),

delivered_dimensions as (

    select distinct
        period_id,
        municipality_code,
        dimension
    from scoped
    where scope_kind = 'municipality' and is_filled

),

counted as (

    select
        period_id,
        municipality_code,
        scope_kind,
        scope_id,
        dimension,
        category,
        count(distinct person_key) as clients
    from scoped
    -- poh.md section 5, activity: unknown only for a person without any recognised activity.
    where not (dimension = 'activity' and category = 'unknown' and has_recognised = 1)
    group by period_id, municipality_code, scope_kind, scope_id, dimension, category

)

select
    counted.period_id,
    counted.municipality_code,
    counted.scope_kind,
    counted.scope_id,
    counted.dimension,
    counted.category,
    counted.clients,
    case counted.dimension when 'activity' then bases.seen else bases.referred end as denominator
from counted
inner join delivered_dimensions
    on
        counted.period_id = delivered_dimensions.period_id
        and counted.municipality_code = delivered_dimensions.municipality_code
        and counted.dimension = delivered_dimensions.dimension
inner join bases
    on
        counted.period_id = bases.period_id
        and counted.municipality_code = bases.municipality_code
        and counted.scope_kind = bases.scope_kind
        and counted.scope_id = bases.scope_id
