with answers as (

    select * from {{ ref('int_poh_answers__single') }}

),

scopes as (

    select * from {{ ref('int_poh_scopes__listed') }}

),

-- poh.md section 4: an input column that is empty in the whole base of a municipality gives no rows, not 100 % unknown.
delivered_dimensions as (

    select distinct
        scopes.period_id,
        scopes.municipality_code,
        answers.dimension
    from answers
    inner join scopes
        on
            answers.period_id = scopes.period_id
            and answers.registration_id = scopes.registration_id
    where scopes.scope_kind = 'municipality' and answers.is_filled

),

-- poh.md section 3: with several registrations in one period the newest decides.
newest as (

    select
        scopes.period_id,
        scopes.municipality_code,
        scopes.scope_kind,
        scopes.scope_id,
        scopes.person_key,
        answers.dimension,
        answers.category,
        row_number() over (
            partition by
                scopes.period_id,
                scopes.municipality_code,
                scopes.scope_kind,
                scopes.scope_id,
                scopes.person_key,
                answers.dimension
            order by scopes.referred_on desc, scopes.registration_id desc
        ) as newness
    from answers
    inner join scopes
        on
            answers.period_id = scopes.period_id
            and answers.registration_id = scopes.registration_id

),

counted as (

    select
        period_id,
        municipality_code,
        scope_kind,
        scope_id,
        dimension,
        category,
        count(*) as clients
    from newest
    where newness = 1
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
    cast(
        sum(counted.clients) over (
            partition by
                counted.period_id,
                counted.municipality_code,
                counted.scope_kind,
                counted.scope_id,
                counted.dimension
        ) as bigint
    ) as denominator
from counted
inner join delivered_dimensions
    on
        counted.period_id = delivered_dimensions.period_id
        and counted.municipality_code = delivered_dimensions.municipality_code
        and counted.dimension = delivered_dimensions.dimension
