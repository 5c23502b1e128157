with

quarantine as (

    select * from {{ ref('stg_lake__quarantine') }}

),

deliveries as (

    select * from {{ ref('int_deliveries__resolved') }}

),

-- every row of a duplicate file is a duplicate, also one that breaks a rule
not_duplicate as (

    select distinct file_sha256
    from deliveries
    where resolution <> 'duplicate'

)

select
    quarantine.file_sha256,
    quarantine.row_number,
    quarantine.field,
    quarantine.rule,
    quarantine.kind,
    quarantine.message
from quarantine
inner join not_duplicate
    on quarantine.file_sha256 = not_duplicate.file_sha256
