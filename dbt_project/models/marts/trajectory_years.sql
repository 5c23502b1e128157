with

years as (

    select * from {{ ref('int_trajectories__by_year') }}

),

trajectories as (

    select * from {{ ref('int_trajectories') }}

),

attributions as (

    select * from {{ ref('int_trajectories__attributed') }}

)

select
    trajectories.trajectory_id,
    cast(years.care_year as integer) as year,
    trajectories.municipality_code,
    trajectories.client_key,
    trajectories.provider_agb,
    trajectories.care_profile,
    trajectories.domain,
    coalesce(attributions.practice_id, 'unattributed') as practice_id,
    attributions.attribution,
    years.status,
    trajectories.begins_on as started_on,
    {{ day_before('trajectories.ends_until') }} as ended_on,
    cast(years.segments_started as bigint) as segments_started,
    cast(years.lines as bigint) as lines,
    {{ euros('years.counted_cents') }} as cost_eur,
    {{ euros('years.open_cents') }} as cost_open_eur
from years
inner join trajectories
    on years.first_number_key = trajectories.first_number_key
inner join attributions
    on years.first_number_key = attributions.first_number_key
