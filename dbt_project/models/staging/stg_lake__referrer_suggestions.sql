with

suggestions as (

    select * from {{ source('lake_files', 'referrer_suggestions') }}

)

select
    referrer_hash,
    practice_id,
    score
from suggestions
