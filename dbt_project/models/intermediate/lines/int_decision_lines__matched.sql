with

decision_lines as (

    select * from {{ ref('stg_lake__decision_lines') }}

),

decisions as (

    select * from {{ ref('int_decisions__matched') }}

)

select
    decisions.delivery_order,
    decision_lines.row_number,
    decision_lines.source,
    decision_lines.municipality_code,
    decision_lines.provider_agb,
    decision_lines.line_reference,
    decision_lines.submitted_cents,
    decision_lines.granted_cents,
    decision_lines.return_codes,
    decisions.declaration_order
from decision_lines
inner join decisions
    on decision_lines.file_sha256 = decisions.file_sha256
