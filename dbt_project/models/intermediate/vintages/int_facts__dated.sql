with

deliveries as (

    select * from {{ ref('int_deliveries__accepted') }}

),

lines as (

    select distinct declaration_lines.known_at
    from {{ ref('stg_lake__declaration_lines') }} as declaration_lines
    inner join deliveries
        on declaration_lines.file_sha256 = deliveries.file_sha256

),

decisions as (

    select distinct decisions.known_at
    from {{ ref('stg_lake__decisions') }} as decisions
    inner join deliveries
        on decisions.file_sha256 = deliveries.file_sha256

),

allocations as (

    select distinct allocations.known_at
    from {{ ref('stg_lake__allocations') }} as allocations
    inner join deliveries
        on allocations.file_sha256 = deliveries.file_sha256

),

care_events as (

    select distinct care_events.known_at
    from {{ ref('stg_lake__care_events') }} as care_events
    inner join deliveries
        on care_events.file_sha256 = deliveries.file_sha256

),

requests as (

    select distinct referral_requests.known_at
    from {{ ref('stg_lake__referral_requests') }} as referral_requests
    inner join deliveries
        on referral_requests.file_sha256 = deliveries.file_sha256

),

reference_tables as (

    select loaded_on as known_at from {{ ref('stg_reference__history') }}

)

select
    'lines' as family,
    known_at
from lines

union all

-- corrections stand between other lines, and come on no other day
select
    'credits' as family,
    known_at
from lines

union all

select
    'decisions' as family,
    known_at
from decisions

union all

select
    'allocations' as family,
    known_at
from allocations

union

select
    'allocations' as family,
    known_at
from care_events

union all

select
    'requests' as family,
    known_at
from requests

union all

select
    'reference' as family,
    known_at
from reference_tables
