with

trajectory_years as (

    select * from {{ ref('trajectory_years') }}
    where domain = 'ggz'

),

trajectories as (

    select * from {{ ref('int_trajectories') }}

),

declared as (

    select
        trajectory_id,
        min(practice_id) as practice_id,
        -- a start that a change of product system made, or that lies before the data, is no start of care
        max(case when status in ('converted', 'unknown') then 1 else 0 end) = 0 as is_start_observed
    from trajectory_years
    group by trajectory_id

)

select
    trajectories.trajectory_id,
    trajectories.municipality_code,
    trajectories.client_key,
    declared.practice_id,
    trajectories.care_profile,
    trajectories.ggz_segment,
    trajectories.begins_on,
    declared.is_start_observed
from trajectories
inner join declared
    on trajectories.trajectory_id = declared.trajectory_id
