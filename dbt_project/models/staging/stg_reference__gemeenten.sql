with

gemeenten as (

    select * from {{ source('reference', 'gemeenten') }}

)

select
    cast(gemeentecode as varchar) as municipality_code,
    cast(naam as varchar) as municipality_name,
    cast(regio as varchar) as region,
    cast(opvolger_gemeentecode as varchar) as successor_code,
    cast(gegevens_vanaf as date) as data_since,
    cast(omzetting_op as date) as converted_on
from gemeenten
