with

planned as (

    select * from {{ ref('int_vintages__planned') }}
    where previous_publication is not null

),

calculated as (

    select * from {{ ref('int_vintages__calculated') }}

),

measures as (

    {{ practice_year_measure_names() }}

),

moves as (

    select
        publication,
        previous_publication,
        step,
        cause,
        scenario as scenario_after,
        lag(scenario) over (partition by publication order by step) as scenario_before
    from planned

),

-- a cell that is not there counts zero
sides as (

    select
        moves.publication,
        moves.previous_publication,
        moves.step,
        moves.cause,
        1 as sign,
        calculated.*
    from moves
    inner join calculated
        on moves.scenario_after = calculated.scenario
    where moves.scenario_before <> moves.scenario_after

    union all

    select
        moves.publication,
        moves.previous_publication,
        moves.step,
        moves.cause,
        -1 as sign,
        calculated.*
    from moves
    inner join calculated
        on moves.scenario_before = calculated.scenario
    where moves.scenario_before <> moves.scenario_after

),

measured as (

    select
        sides.publication,
        sides.previous_publication,
        sides.step,
        sides.cause,
        sides.municipality_code,
        sides.practice_id,
        sides.year,
        sides.domain,
        measures.measure,
        sides.sign * {{ practice_year_value('sides', 'measures.measure') }} as value
    from sides
    cross join measures

)

select
    publication,
    previous_publication,
    step,
    cause,
    municipality_code,
    practice_id,
    year,
    domain,
    measure,
    sum(value) as change
from measured
group by publication, previous_publication, step, cause, municipality_code, practice_id, year, domain, measure
having sum(value) <> 0
