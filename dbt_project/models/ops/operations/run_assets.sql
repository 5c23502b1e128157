with

run_assets as (

    select * from {{ ref('stg_operations__run_assets') }}

),

runs as (

    select * from {{ ref('runs') }}

)

select
    run_assets.run_id,
    run_assets.asset,
    run_assets.seconds
from run_assets
inner join runs on run_assets.run_id = runs.run_id
