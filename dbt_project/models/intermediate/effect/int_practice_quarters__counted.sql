with

trajectory_years as (

    select * from {{ ref('trajectory_years') }}
    where status = 'new' and practice_id <> 'unattributed'

),

trajectories as (

    select * from {{ ref('int_trajectories') }}

),

started as (

    select
        trajectory_years.practice_id,
        {{ quarter_number('trajectory_years.started_on') }} as quarter_number,
        trajectory_years.domain,
        trajectories.ggz_segment,
        trajectory_years.cost_eur
    from trajectory_years
    inner join trajectories
        on trajectory_years.trajectory_id = trajectories.trajectory_id

),

outcomes as (

    select
        practice_id,
        quarter_number,
        'new_all' as outcome,
        cast(1 as decimal(18, 2)) as amount
    from started
    union all
    select
        practice_id,
        quarter_number,
        'new_ggz' as outcome,
        cast(1 as decimal(18, 2)) as amount
    from started
    where domain = 'ggz'
    union all
    select
        practice_id,
        quarter_number,
        'new_bggz' as outcome,
        cast(1 as decimal(18, 2)) as amount
    from started
    where ggz_segment = 'BGGZ'
    union all
    select
        practice_id,
        quarter_number,
        'new_sggz' as outcome,
        cast(1 as decimal(18, 2)) as amount
    from started
    where ggz_segment = 'SGGZ'
    union all
    -- in the year of the start: it ends earlier for a later quarter, and does so for every practice alike
    select
        practice_id,
        quarter_number,
        'cost_new_ggz' as outcome,
        cost_eur as amount
    from started
    where domain = 'ggz'

)

select
    practice_id,
    quarter_number,
    outcome,
    cast(sum(amount) as decimal(18, 2)) as amount,
    count(*) as trajectories
from outcomes
group by practice_id, quarter_number, outcome
