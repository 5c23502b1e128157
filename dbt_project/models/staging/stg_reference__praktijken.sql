with

praktijken as (

    select * from {{ source('reference', 'praktijken') }}

)

select
    cast(praktijk_id as varchar) as practice_id,
    cast(naam as varchar) as practice_name,
    cast(agb_code as varchar) as practice_agb,
    cast(gemeentecode as varchar) as municipality_code,
    cast(ingeschreven_jeugdigen as bigint) as registered_youth
from praktijken
