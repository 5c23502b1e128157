with

practice_keys as (

    select * from {{ source('poh_reference', 'practice_keys') }}

)

select
    cast(practice_key as varchar) as practice_key,
    cast(practice_id as varchar) as practice_id
from practice_keys
