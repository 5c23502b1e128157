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
    deliveries.delivery_order,
    lines.row_number,
    {{ one_of('lines.source', ['JW303', 'JW323', 'declaraties']) }} as source,
    lines.known_at,
    lines.municipality_code,
    lines.provider_agb,
    lines.line_reference,
    lines.previous_reference,
    lines.client_key,
    lines.allocation_number,
    {{ one_of('lines.product_category', product_categories()) }} as product_category,
    lines.product_code,
    lines.period_from,
    lines.period_until,
    lines.volume,
    {{ one_of('lines.unit_code', unit_codes()) }} as unit_code,
    lines.tariff_cents,
    lines.amount_cents,
    lines.is_credit,
    {{ one_of('lines.verdict', ['approved', 'open', 'rejected']) }} as verdict
from lines
inner join deliveries
    on lines.file_sha256 = deliveries.file_sha256
left join duplicates
    on
        deliveries.delivery_order = duplicates.delivery_order
        and lines.row_number = duplicates.row_number
where duplicates.delivery_order is null
