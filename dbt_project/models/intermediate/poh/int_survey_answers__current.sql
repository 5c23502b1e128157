with answers as (

    select * from {{ ref('stg_lake__survey_answers') }}

),

municipalities as (

    select * from {{ ref('int_municipalities__merged') }}

),

-- A code or a name that fits two practices fits none: nothing is guessed.
practice_codes as (

    select
        practice_agb,
        min(practice_id) as practice_id
    from {{ ref('stg_reference__praktijken') }}
    where practice_agb is not null
    group by practice_agb
    having count(distinct practice_id) = 1

),

practice_names as (

    select
        referrer_hash,
        min(practice_id) as practice_id
    from {{ ref('stg_reference__referrer_names') }}
    group by referrer_hash
    having count(distinct practice_id) = 1

),

-- Contract 3.3: a flat row identical in every column is a duplicate; the first delivered one stays.
first_delivered as (

    select
        *,
        row_number() over (
            partition by row_digest
            order by known_at, file_name, file_sha256, row_number
        ) as occurrence
    from answers

)

select
    first_delivered.file_sha256,
    first_delivered.row_number,
    first_delivered.known_at,
    first_delivered.survey_id,
    coalesce(municipalities.successor_code, first_delivered.municipality_code) as municipality_code,
    coalesce(practice_codes.practice_id, practice_names.practice_id, 'unattributed') as practice_id,
    first_delivered.practice_key is not null or first_delivered.practice_text_hash is not null as has_practice,
    first_delivered.audience,
    first_delivered.question,
    first_delivered.answered_on,
    first_delivered.score,
    first_delivered.scale_max
from first_delivered
left join municipalities
    on first_delivered.municipality_code = municipalities.municipality_code
left join practice_codes
    on first_delivered.practice_key = practice_codes.practice_agb
left join practice_names
    on first_delivered.practice_text_hash = practice_names.referrer_hash
where first_delivered.occurrence = 1
