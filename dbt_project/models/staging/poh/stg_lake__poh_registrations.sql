with

lake_rows as (

    select * from {{ source('poh_lake', 'poh_registrations') }}

),

-- A file may lie in the inbox under several names; the first by name orders its rows, whenever it arrived.
files as (

    select
        file_sha256,
        min(file_name) as file_name
    from {{ ref('stg_lake__ledger') }}
    where refusal is null
    group by file_sha256

)

select
    lake_rows.file_sha256,
    files.file_name,
    lake_rows.row_number,
    lake_rows.known_at,
    lake_rows.row_digest,
    lake_rows.registration_id,
    lake_rows.municipality_code,
    lake_rows.practice_text_hash,
    lake_rows.practice_key,
    lake_rows.client_key,
    lake_rows.referred_on,
    lake_rows.intake_on,
    lake_rows.closed_on,
    lake_rows.birth_year,
    lake_rows.age,
    lake_rows.sex,
    lake_rows.reporter,
    lake_rows.presenting_problem,
    lake_rows.activities,
    lake_rows.contacts,
    lake_rows.outcome_clarification,
    lake_rows.support_offered,
    lake_rows.outcome_treatment,
    lake_rows.referred_to_provider,
    lake_rows.referred_profile,
    lake_rows.formal_referrer,
    lake_rows.bridging
from lake_rows
inner join files
    on lake_rows.file_sha256 = files.file_sha256
where {{ known_on_reporting_date('lake_rows.known_at', 'registrations') }}
