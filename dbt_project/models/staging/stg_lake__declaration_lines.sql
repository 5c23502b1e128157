with

lake_rows as (

    select * from {{ source('lake', 'declaration_lines') }}

),

corrections as (

    select * from {{ ref('stg_lake__corrections') }}

)

select
    lake_rows.file_sha256,
    lake_rows.row_number,
    lake_rows.known_at,
    lake_rows.source,
    lake_rows.municipality_code,
    lake_rows.provider_agb,
    lake_rows.message_identification,
    lake_rows.declaration_number,
    lake_rows.line_reference,
    lake_rows.previous_reference,
    lake_rows.client_key,
    lake_rows.allocation_number,
    lake_rows.product_category,
    lake_rows.product_code,
    lake_rows.period_from,
    {{ day_after('lake_rows.period_to') }} as period_until,
    lake_rows.volume,
    lake_rows.unit_code,
    lake_rows.tariff_cents,
    lake_rows.amount_cents,
    lake_rows.is_credit,
    lake_rows.verdict,
    lake_rows.row_digest
from lake_rows
left join corrections
    on
        lake_rows.file_sha256 = corrections.file_sha256
        and lake_rows.row_number = corrections.row_number
where
    lake_rows.known_at <= case
        when corrections.file_sha256 is null then {{ known_until('lines') }}
        else {{ known_until('credits') }}
    end
