with

quarantine as (

    select * from {{ source('quarantine', 'rows') }}

),

ledger as (

    select * from {{ ref('stg_lake__ledger') }}

)

select
    file_sha256,
    row_number,
    field,
    rule,
    kind,
    message
from quarantine
where file_sha256 in (select ledger.file_sha256 from ledger)
