with

zorgverleners as (

    select * from {{ source('reference', 'zorgverleners') }}

)

select
    cast(zorgverlener_agb as varchar) as practitioner_agb,
    cast(praktijk_id as varchar) as practice_id,
    cast(van as date) as valid_from,
    cast(tot as date) as valid_until
from zorgverleners
