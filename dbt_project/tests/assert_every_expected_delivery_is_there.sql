-- every expected delivery is there: nobody who declares each month has fallen silent lately
{{ config(severity='warn') }}

select
    municipality_code,
    provider_agb,
    care_month
from {{ ref('missing_deliveries') }}
where is_open
