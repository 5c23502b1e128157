with

publicaties as (

    select * from {{ source('vintages_reference', 'publicaties') }}

)

select
    cast(naam as varchar) as publication,
    cast(peildatum as date) as reported_on
from publicaties
