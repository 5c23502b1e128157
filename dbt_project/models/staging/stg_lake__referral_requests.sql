with

lake_rows as (

    select * from {{ source('lake', 'referral_requests') }}

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
    request_reference,
    allocation_number,
    product_category,
    product_code,
    requested_from,
    {{ day_after('requested_until') }} as requested_until,
    referrer_type,
    referrer_agb,
    referrer_hash
from lake_rows
where {{ known_on_reporting_date('known_at', 'requests') }}
