{{ config(materialized='view') }}

with

registrations as (

    select * from {{ ref('int_poh_registrations__current') }}

),

delivered as (

    select * from {{ ref('stg_lake__poh_registrations') }}

),

moved as (

    select registration_id
    from delivered
    group by registration_id
    having count(distinct municipality_code) > 1

)

-- poh.md section 2: a practice that no reference table knows; the row counts under `unattributed`.
select
    'registration_without_practice' as finding,
    municipality_code,
    registration_id as reference,
    0 as cents,
    file_sha256,
    row_number
from registrations
where practice_id = 'unattributed'

union all

-- Of one registratie_id the newest wins, so two municipalities that number alike would replace each other's dossiers.
select
    'registration_of_two_municipalities' as finding,
    registrations.municipality_code,
    registrations.registration_id as reference,
    0 as cents,
    registrations.file_sha256,
    registrations.row_number
from registrations
inner join moved
    on registrations.registration_id = moved.registration_id
