with

lake_rows as (

    select * from {{ source('lake', 'declaration_lines') }}

),

ledger as (

    select * from {{ ref('stg_lake__ledger') }}

)

select
    file_sha256,
    row_number,
    known_at,
    source,
    municipality_code,
    provider_agb,
    message_identification,
    declaration_number,
    line_reference,
    previous_reference,
    client_key,
    allocation_number,
    product_category,
    product_code,
    period_from,
    {{ day_after('period_to') }} as period_until,
    volume,
    unit_code,
    tariff_cents,
    amount_cents,
    is_credit,
    verdict,
    row_digest
from lake_rows
where
    file_sha256 in (select ledger.file_sha256 from ledger where ledger.refusal is null)
    and {{ known_on_reporting_date('known_at') }}
