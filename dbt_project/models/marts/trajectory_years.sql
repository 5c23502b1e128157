with

years as (

    select * from {{ ref('int_trajectories__by_year') }}

),

attributions as (

    select * from {{ ref('int_trajectories__attributed') }}

)

select
    years.trajectory_id,
    cast(years.care_year as integer) as year,
    years.municipality_code,
    years.client_key,
    years.provider_agb,
    years.care_profile,
    years.domain,
    coalesce(attributions.practice_id, 'unattributed') as practice_id,
    attributions.attribution,
    years.status,
    years.begins_on as started_on,
    {{ day_before('years.ends_until') }} as ended_on,
    cast(years.segments_started as bigint) as segments_started,
    cast(years.lines as bigint) as lines,
    {{ euros('years.counted_cents') }} as cost_eur,
    {{ euros('years.open_cents') }} as cost_open_eur
from years
inner join attributions
    on years.first_number_key = attributions.first_number_key
