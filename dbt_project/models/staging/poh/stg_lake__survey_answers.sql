with

lake_rows as (

    select * from {{ source('poh_lake', 'survey_answers') }}

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
    lake_rows.survey_id,
    lake_rows.audience,
    lake_rows.municipality_code,
    lake_rows.practice_text_hash,
    lake_rows.practice_key,
    lake_rows.answered_on,
    lake_rows.question,
    cast(lake_rows.score as decimal(9, 4)) as score,
    cast(lake_rows.scale_max as decimal(9, 4)) as scale_max,
    lake_rows.respondent_key
from lake_rows
inner join files
    on lake_rows.file_sha256 = files.file_sha256
where {{ known_on_reporting_date('lake_rows.known_at', 'registrations') }}
