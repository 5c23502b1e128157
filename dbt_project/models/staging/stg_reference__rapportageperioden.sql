with

rapportageperioden as (

    select * from {{ source('reference', 'rapportageperioden') }}

)

select
    cast(periode_id as varchar) as period_id,
    cast(label as varchar) as label,
    cast(van as date) as starts_on,
    cast(tot as date) as ends_until
from rapportageperioden
