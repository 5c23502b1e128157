with trajectory_years as (

    select * from {{ ref('trajectory_years') }}

),

practices as (

    select * from {{ ref('stg_reference__praktijken') }}

),

participation as (

    select * from {{ ref('stg_reference__deelname') }}

),

started as (

    select
        municipality_code,
        practice_id,
        domain,
        {{ quarter_number('started_on') }} as quarter_number
    from trajectory_years
    where status = 'new'
    union all
    select
        municipality_code,
        practice_id,
        'all' as domain,
        {{ quarter_number('started_on') }} as quarter_number
    from trajectory_years
    where status = 'new'

),

counted as (

    select
        municipality_code,
        practice_id,
        domain,
        quarter_number,
        count(*) as new_trajectories
    from started
    group by municipality_code, practice_id, domain, quarter_number

),

-- Caution 2: before and after count from the practice's own start, not from 1 January.
starts as (

    select
        practice_id,
        {{ quarter_number('min(starts_on)') }} as start_quarter_number
    from participation
    group by practice_id

),

taking_part as (

    select distinct
        counted.practice_id,
        counted.quarter_number
    from counted
    inner join participation
        on
            counted.practice_id = participation.practice_id
            and counted.quarter_number >= {{ quarter_number('participation.starts_on') }}
            and (
                participation.ends_until is null
                or counted.quarter_number <= {{ quarter_number(day_before('participation.ends_until')) }}
            )

)

select
    counted.municipality_code,
    counted.practice_id,
    cast(counted.quarter_number // 4 as varchar) || '-Q' || cast(counted.quarter_number % 4 + 1 as varchar) as quarter,
    counted.domain,
    counted.new_trajectories,
    case
        when practices.registered_youth > 0 then counted.new_trajectories * 1000.0 / practices.registered_youth
    end as new_per_1000,
    counted.quarter_number - starts.start_quarter_number as quarters_since_poh_start,
    taking_part.practice_id is not null as participates
from counted
left join practices
    on counted.practice_id = practices.practice_id
left join starts
    on counted.practice_id = starts.practice_id
left join taking_part
    on
        counted.practice_id = taking_part.practice_id
        and counted.quarter_number = taking_part.quarter_number
