with

lake_rows as (

    select * from {{ source('lake', 'allocations') }}

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
    allocation_number,
    request_reference,
    product_category,
    product_code,
    allocated_on,
    allocated_at,
    starts_on,
    {{ day_after('ends_on') }} as ends_until,
    change_reason,
    volume,
    unit_code,
    frequency_code,
    budget_cents,
    row_digest
from lake_rows
where {{ known_on_reporting_date('known_at', 'allocations') }}
