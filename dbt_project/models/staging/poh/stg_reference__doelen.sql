with

doelen as (

    select * from {{ source('poh_reference', 'doelen') }}

)

select
    cast(gemeentecode as varchar) as municipality_code,
    cast(programma as varchar) as programme,
    cast(doel as varchar) as target,
    cast(bedrag_per_jaar as decimal(18, 2)) as target_eur
from doelen
