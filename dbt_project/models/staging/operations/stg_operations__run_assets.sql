with

run_assets as (

    {% if env_var('JEUGDSPIEGEL_OPERATIONS', '') %}
        select * from {{ source('operations', 'run_assets') }}
    {% else %}
        select
            cast(null as varchar) as run_id,
            cast(null as varchar) as asset,
            cast(null as double) as seconds
        where 1 = 0
    {% endif %}

)

select
    run_id,
    asset,
    seconds
from run_assets
