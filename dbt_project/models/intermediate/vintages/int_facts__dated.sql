with

lines as (

    select distinct known_at from {{ ref('stg_lake__declaration_lines') }}

),

decisions as (

    select distinct known_at from {{ ref('stg_lake__decisions') }}

),

allocations as (

    select distinct known_at from {{ ref('stg_lake__allocations') }}

),

care_events as (

    select distinct known_at from {{ ref('stg_lake__care_events') }}

),

requests as (

    select distinct known_at from {{ ref('stg_lake__referral_requests') }}

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
