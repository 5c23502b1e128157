{{ config(materialized='view') }}

with

requests as (

    select * from {{ ref('int_referral_requests__matched') }}
    where position = 1

),

practices as (

    select * from {{ ref('stg_reference__praktijken') }}

),

practitioners as (

    select * from {{ ref('stg_reference__zorgverleners') }}

),

names as (

    select * from {{ ref('stg_reference__referrer_names') }}

),

-- a code or name that fits two practices fits none: nothing is guessed
practice_codes as (

    select
        practice_agb,
        min(practice_id) as practice_id
    from practices
    where practice_agb is not null
    group by practice_agb
    having count(distinct practice_id) = 1

),

known_names as (

    select
        referrer_hash,
        min(practice_id) as practice_id
    from names
    group by referrer_hash
    having count(distinct practice_id) = 1

),

practitioner_dates as (

    select distinct
        referrer_agb,
        known_at
    from requests
    where referrer_type = '02' and referrer_agb is not null

),

practitioners_then as (

    select
        practitioner_dates.referrer_agb,
        practitioner_dates.known_at,
        min(practitioners.practice_id) as practice_id
    from practitioner_dates
    inner join practitioners
        on
            practitioner_dates.referrer_agb = practitioners.practitioner_agb
            and (practitioners.valid_from is null or practitioners.valid_from <= practitioner_dates.known_at)
            and (practitioners.valid_until is null or practitioners.valid_until > practitioner_dates.known_at)
    group by practitioner_dates.referrer_agb, practitioner_dates.known_at
    having count(distinct practitioners.practice_id) = 1

)

select
    requests.number_key,
    requests.delivery_order,
    requests.row_number,
    requests.known_at as requested_on,
    requests.request_reference,
    requests.referrer_type,
    requests.referrer_agb,
    requests.referrer_hash,
    case
        when requests.referrer_type <> '02' then 'not_gp'
        when practice_codes.practice_id is not null then 'agb_practice'
        when practitioners_then.practice_id is not null then 'agb_practitioner'
        when known_names.practice_id is not null then 'name'
        else 'unresolved'
    end as attribution,
    case
        when requests.referrer_type = '02'
            then coalesce(practice_codes.practice_id, practitioners_then.practice_id, known_names.practice_id)
    end as practice_id
from requests
left join practice_codes
    on requests.referrer_agb = practice_codes.practice_agb
left join practitioners_then
    on
        requests.referrer_agb = practitioners_then.referrer_agb
        and requests.known_at = practitioners_then.known_at
left join known_names
    on requests.referrer_hash = known_names.referrer_hash
