with

gaps as (

    select * from {{ ref('int_definitions__planned') }}

),

other_gaps as (

    select * from {{ ref('int_definitions__calculated') }}

),

standard as (

    select * from {{ ref('int_practice_years__counted') }}

),

allocated as (

    select * from {{ ref('int_practice_years__allocated') }}

),

figures as (

    select
        'declarations' as basis,
        gaps.max_gap_days,
        standard.municipality_code,
        standard.practice_id,
        standard.year,
        standard.domain,
        standard.started,
        standard.active
    from standard
    cross join gaps
    where gaps.is_standard

    union all

    select
        'declarations' as basis,
        max_gap_days,
        municipality_code,
        practice_id,
        year,
        domain,
        started,
        active
    from other_gaps

    union all

    select
        'allocations' as basis,
        gaps.max_gap_days,
        allocated.municipality_code,
        allocated.practice_id,
        allocated.year,
        allocated.domain,
        allocated.started,
        allocated.active
    from allocated
    cross join gaps
    where gaps.is_standard

),

definitions as (

    select
        'declarations' as basis,
        max_gap_days,
        is_standard
    from gaps

    union all

    select
        'allocations' as basis,
        max_gap_days,
        false as is_standard
    from gaps
    where is_standard

),

cells as (

    select distinct
        municipality_code,
        practice_id,
        year,
        domain
    from figures

)

-- a cell that one definition alone has is shown under each, with 0: the difference is what a reader looks for
select
    cells.municipality_code,
    cells.practice_id,
    cells.year,
    cells.domain,
    definitions.basis,
    definitions.max_gap_days,
    definitions.is_standard,
    coalesce(figures.started, 0) as started,
    coalesce(figures.active, 0) as active,
    coalesce(figures.started, 0) - coalesce(standard.started, 0) as started_difference,
    coalesce(figures.active, 0) - coalesce(standard.active, 0) as active_difference
from cells
cross join definitions
left join figures
    on
        definitions.basis = figures.basis
        and definitions.max_gap_days = figures.max_gap_days
        and cells.municipality_code = figures.municipality_code
        and cells.practice_id = figures.practice_id
        and cells.year = figures.year
        and cells.domain = figures.domain
left join standard
    on
        cells.municipality_code = standard.municipality_code
        and cells.practice_id = standard.practice_id
        and cells.year = standard.year
        and cells.domain = standard.domain
