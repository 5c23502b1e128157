with

requests as (

    select * from {{ ref('stg_lake__referral_requests') }}

),

deliveries as (

    select * from {{ ref('int_deliveries__accepted') }}
    where kind in ('JW315', 'toewijzingen')

),

allocations as (

    select * from {{ ref('int_allocations__accepted') }}

),

standing as (

    select * from {{ ref('int_allocations__current') }}
    where not is_withdrawn

),

municipalities as (

    select * from {{ ref('int_municipalities__merged') }}

),

accepted as (

    select
        deliveries.delivery_order,
        requests.row_number,
        requests.known_at,
        requests.source,
        {{ label_key(
            "concat_ws('|', coalesce(municipalities.successor_code, requests.municipality_code), requests.provider_agb, "
            ~ "requests.client_key, requests.request_reference)"
        ) }} as request_key,
        requests.request_reference,
        requests.referrer_type,
        requests.referrer_agb,
        requests.referrer_hash
    from requests
    inner join deliveries
        on requests.file_sha256 = deliveries.file_sha256
    left join municipalities
        on requests.municipality_code = municipalities.municipality_code

),

-- IV097: only the first message of an allocation carries the request's reference, so every pair that was ever seen holds.
-- A change request's reference (JW317) finds no request, and does no harm.
carried as (

    select distinct
        allocations.number_key,
        {{ label_key(
            "concat_ws('|', coalesce(municipalities.successor_code, allocations.municipality_code), allocations.provider_agb, "
            ~ "allocations.client_key, allocations.request_reference)"
        ) }} as request_key
    from allocations
    left join municipalities
        on allocations.municipality_code = municipalities.municipality_code
    where
        allocations.number_key is not null
        and allocations.request_reference is not null
        and not allocations.is_snapshot

),

-- in an export the referrer stands beside the allocation
beside as (

    select
        number_key,
        delivery_order,
        row_number
    from allocations
    where is_version and is_snapshot

),

matched as (

    select
        carried.number_key,
        accepted.delivery_order,
        accepted.row_number,
        accepted.known_at,
        accepted.source,
        accepted.request_reference,
        accepted.referrer_type,
        accepted.referrer_agb,
        accepted.referrer_hash
    from accepted
    inner join carried
        on accepted.request_key = carried.request_key
    where accepted.source = 'JW315'

    union all

    select
        beside.number_key,
        accepted.delivery_order,
        accepted.row_number,
        accepted.known_at,
        accepted.source,
        accepted.request_reference,
        accepted.referrer_type,
        accepted.referrer_agb,
        accepted.referrer_hash
    from accepted
    inner join beside
        on
            accepted.delivery_order = beside.delivery_order
            and accepted.row_number = beside.row_number

)

-- of several requests the one with the earliest message date holds
select
    matched.number_key,
    matched.delivery_order,
    matched.row_number,
    matched.known_at,
    matched.source,
    matched.request_reference,
    matched.referrer_type,
    matched.referrer_agb,
    matched.referrer_hash,
    row_number() over (
        partition by matched.number_key
        order by matched.known_at, matched.delivery_order, matched.row_number
    ) as position
from matched
inner join standing
    on matched.number_key = standing.number_key
