with

lines as (

    select * from {{ ref('stg_lake__declaration_lines') }}
    where row_digest is not null

),

deliveries as (

    select * from {{ ref('int_deliveries__accepted') }}
    where kind in ('JW303', 'JW323', 'declaraties')

),

accepted as (

    select
        deliveries.delivery_order,
        lines.row_number,
        lines.row_digest,
        lines.amount_cents
    from lines
    inner join deliveries
        on lines.file_sha256 = deliveries.file_sha256

),

repeated_digests as (

    select row_digest
    from accepted
    group by row_digest
    having count(*) > 1

),

ordered as (

    select
        accepted.delivery_order,
        accepted.row_number,
        accepted.amount_cents,
        row_number() over (
            partition by accepted.row_digest
            order by accepted.delivery_order, accepted.row_number
        ) as position
    from accepted
    inner join repeated_digests
        on accepted.row_digest = repeated_digests.row_digest

)

select
    delivery_order,
    row_number,
    amount_cents
from ordered
where position > 1
