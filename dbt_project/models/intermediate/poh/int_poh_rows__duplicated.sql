with

registrations as (

    select * from {{ ref('stg_lake__poh_registrations') }}

),

answers as (

    select * from {{ ref('stg_lake__survey_answers') }}

),

flat_rows as (

    select
        'poh_registrations' as dataset,
        row_digest,
        known_at,
        file_name,
        file_sha256,
        row_number
    from registrations
    union all
    select
        'survey_answers' as dataset,
        row_digest,
        known_at,
        file_name,
        file_sha256,
        row_number
    from answers

),

-- Contract 3.3: a flat row identical in every column is a duplicate; the first delivered one is not.
repeated as (

    select
        dataset,
        file_sha256,
        row_number,
        row_number() over (
            partition by dataset, row_digest
            order by known_at, file_name, file_sha256, row_number
        ) as occurrence
    from flat_rows
    where row_digest is not null

)

select
    dataset,
    file_sha256,
    row_number
from repeated
where occurrence > 1
