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

duplicates as (

    select * from {{ ref('int_poh_rows__duplicated') }}
    where dataset = 'survey_answers'

)

select
    answers.file_sha256,
    answers.row_number,
    answers.known_at,
    answers.survey_id,
    coalesce(municipalities.successor_code, answers.municipality_code) as municipality_code,
    coalesce(practice_codes.practice_id, practice_names.practice_id, 'unattributed') as practice_id,
    answers.audience,
    answers.question,
    answers.answered_on,
    answers.score,
    answers.scale_max
from answers
left join municipalities
    on answers.municipality_code = municipalities.municipality_code
left join practice_codes
    on answers.practice_key = practice_codes.practice_agb
left join practice_names
    on answers.practice_text_hash = practice_names.referrer_hash
left join duplicates
    on
        answers.file_sha256 = duplicates.file_sha256
        and answers.row_number = duplicates.row_number
where duplicates.file_sha256 is null
