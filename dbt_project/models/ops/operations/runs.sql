with

runs as (

    select * from {{ ref('stg_operations__runs') }}

)

-- the run that builds this warehouse has not ended; the next one shows it
select
    run_id,
    started_at,
    ended_at,
    outcome,
    failed_step,
    error,
    seconds_reading,
    seconds_building,
    seconds_publishing,
    seconds_total,
    files_new,
    deliveries_taken,
    deliveries_refused,
    rows_read,
    rows_accepted,
    rows_quarantined,
    publication
from runs
where outcome <> 'running'
