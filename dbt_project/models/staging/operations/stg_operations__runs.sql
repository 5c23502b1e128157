with

runs as (

    {% if env_var('JEUGDSPIEGEL_OPERATIONS', '') %}
        select * from {{ source('operations', 'runs') }}
    {% else %}
        -- a lake that was built without a run has no run log
        {{ empty_run_log() }}
    {% endif %}

)

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
