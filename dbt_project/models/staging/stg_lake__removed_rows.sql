with

removed as (

    select * from {{ source('lake_files', 'removed') }}

)

select
    file_sha256,
    reason,
    rows_removed,
    cents_removed
from removed
