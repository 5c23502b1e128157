with

zorgprofielen as (

    select * from {{ source('reference', 'zorgprofielen') }}

)

select
    cast(gemeentecode as varchar) as municipality_code,
    cast(productcode as varchar) as product_pattern,
    cast(zorgprofiel as varchar) as care_profile,
    cast(domein as varchar) as domain,
    cast(ggz_segment as varchar) as ggz_segment,
    cast(geldig_vanaf as date) as valid_from,
    cast(geldig_tot as date) as valid_until
from zorgprofielen
