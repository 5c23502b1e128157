with

lake_rows as (

    select * from {{ source('lake', 'care_events') }}

)

select
    file_sha256,
    row_number,
    known_at,
    source,
    municipality_code,
    provider_agb,
    client_key,
    birth_year,
    age,
    sex,
    event,
    allocation_number,
    product_category,
    product_code,
    begins_on,
    {{ day_after('ends_on') }} as ends_until,
    end_reason,
    delivery_status
from lake_rows
where {{ known_on_reporting_date('known_at', 'allocations') }}
