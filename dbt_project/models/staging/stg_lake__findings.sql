with

findings as (

    select * from {{ source('lake_files', 'findings') }}

),

ledger as (

    select * from {{ ref('stg_lake__ledger') }}

)

select
    file_sha256,
    row_number,
    finding,
    municipality_code,
    reference,
    cents
from findings
where file_sha256 in (select ledger.file_sha256 from ledger where ledger.refusal is null)
