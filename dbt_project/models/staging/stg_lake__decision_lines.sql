with

lake_rows as (

    select * from {{ source('lake', 'decision_lines') }}

)

select
    file_sha256,
    row_number,
    known_at,
    source,
    municipality_code,
    provider_agb,
    answered_identification,
    declaration_number,
    line_reference,
    previous_reference,
    client_key,
    allocation_number,
    submitted_cents,
    granted_cents,
    return_codes
from lake_rows
where {{ known_on_reporting_date('known_at', 'decisions') }}
