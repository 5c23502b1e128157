with

deelname as (

    select * from {{ source('reference', 'deelname') }}

)

select
    cast(praktijk_id as varchar) as practice_id,
    cast(programma as varchar) as programme,
    cast(van as date) as starts_on,
    cast(tot as date) as ends_until
from deelname
