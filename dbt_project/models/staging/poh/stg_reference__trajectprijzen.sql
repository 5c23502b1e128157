with

trajectprijzen as (

    select * from {{ source('poh_reference', 'trajectprijzen') }}

)

select
    cast(programma as varchar) as programme,
    cast(periode_id as varchar) as period_id,
    cast(scenario as varchar) as scenario,
    cast(bedrag_per_traject as decimal(18, 2)) as price_eur,
    cast(aandeel_bggz as double) as bggz_share
from trajectprijzen
