with

lines as (

    select * from {{ ref('stg_lake__declaration_lines') }}

),

-- a lake has far more messages than it has declarations, and each line is looked up among them
deliveries as (

    select * from {{ ref('int_deliveries__accepted') }}
    where kind in ('JW303', 'JW323', 'declaraties')

),

duplicates as (

    select * from {{ ref('int_declaration_lines__duplicated') }}

)

select
    lines.file_sha256,
    lines.row_number,
    deliveries.delivery_order,
    {{ one_of('lines.source', ['JW303', 'JW323', 'declaraties']) }} as source,
    lines.known_at,
    lines.municipality_code,
    lines.provider_agb,
    lines.line_reference,
    lines.previous_reference,
    lines.client_key,
    lines.allocation_number,
    lines.product_category,
    lines.product_code,
    lines.period_from,
    lines.period_until,
    lines.volume,
    lines.unit_code,
    lines.tariff_cents,
    lines.amount_cents,
    lines.is_credit,
    {{ one_of('lines.verdict', ['approved', 'open', 'rejected']) }} as verdict
from lines
inner join deliveries
    on lines.file_sha256 = deliveries.file_sha256
left join duplicates
    on
        lines.file_sha256 = duplicates.file_sha256
        and lines.row_number = duplicates.row_number
where duplicates.file_sha256 is null
