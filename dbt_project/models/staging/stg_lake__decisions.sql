with

lake_rows as (

    select * from {{ source('lake', 'decisions') }}

)

select
    file_sha256,
    row_number,
    known_at,
    source,
    municipality_code,
    provider_agb,
    answered_identification,
    answered_on,
    declaration_number,
    submitted_cents,
    granted_cents,
    has_body,
    listed_lines,
    return_codes
from lake_rows
where {{ known_on_reporting_date('known_at', 'decisions') }}
