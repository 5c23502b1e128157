with registrations as (

    select * from {{ ref('stg_lake__poh_registrations') }}

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

-- Contract 3.2: of one registratie_id the row in the delivery with the newest date wins; then file name and row decide,
-- never the order of arrival.
newest as (

    select
        *,
        row_number() over (
            partition by registration_id
            order by known_at desc, file_name desc, file_sha256 desc, row_number desc
        ) as newness
    from registrations

)

select
    newest.registration_id,
    newest.file_sha256,
    newest.row_number,
    newest.known_at,
    coalesce(municipalities.successor_code, newest.municipality_code) as municipality_code,
    coalesce(practice_codes.practice_id, practice_names.practice_id, 'unattributed') as practice_id,
    coalesce('client ' || newest.client_key, 'registration ' || newest.registration_id) as person_key,
    newest.client_key,
    newest.referred_on,
    newest.intake_on,
    newest.closed_on,
    -- poh.md section 3, "had contact": the intake's date, or, without one, the referral's where anything else proves contact.
    case
        when newest.intake_on is not null then newest.intake_on
        when newest.contacts >= 1 then newest.referred_on
        when newest.outcome_clarification is not null then newest.referred_on
        when newest.outcome_treatment is not null then newest.referred_on
    end as contact_on,
    newest.age,
    newest.sex,
    newest.contacts,
    newest.reporter,
    newest.presenting_problem,
    newest.activities,
    newest.outcome_clarification,
    newest.support_offered,
    newest.outcome_treatment,
    newest.referred_to_provider,
    newest.referred_profile,
    newest.formal_referrer,
    newest.bridging,
    coalesce(
        {{ listed_in('newest.support_offered', "'referred_specialised'") }}
        or newest.outcome_clarification in (
            'referred_bggz', 'referred_sggz', 'referred_ggz', 'referred_ambulatory_provider'
        )
        or newest.outcome_treatment in (
            'referred_bggz', 'referred_sggz', 'referred_ggz', 'referred_ambulatory_provider'
        ),
        false
    ) as is_referred_to_contracted_care
from newest
left join municipalities
    on newest.municipality_code = municipalities.municipality_code
left join practice_codes
    on newest.practice_key = practice_codes.practice_agb
left join practice_names
    on newest.practice_text_hash = practice_names.referrer_hash
where newest.newness = 1
