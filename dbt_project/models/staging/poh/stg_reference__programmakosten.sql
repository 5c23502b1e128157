with

programmakosten as (

    select * from {{ source('poh_reference', 'programmakosten') }}

)

select
    cast(programma as varchar) as programme,
    cast(gemeentecode as varchar) as municipality_code,
    cast(soort as varchar) as cost_kind,
    cast(van as date) as starts_on,
    cast(tot as date) as ends_until,
    cast(bedrag as decimal(18, 2)) as cost_eur
from programmakosten
