with

referrer_names as (

    select * from {{ source('reference', 'referrer_names') }}

)

select
    cast(referrer_hash as varchar) as referrer_hash,
    cast(practice_id as varchar) as practice_id
from referrer_names
