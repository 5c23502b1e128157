with

allocations as (

    select * from {{ ref('stg_lake__allocations') }}

),

deliveries as (

    select * from {{ ref('int_deliveries__accepted') }}
    where kind in ('JW301', 'toewijzingen')

),

accepted as (

    select
        allocations.*,
        deliveries.delivery_order,
        allocations.source = 'toewijzingen' as is_snapshot
    from allocations
    inner join deliveries
        on allocations.file_sha256 = deliveries.file_sha256

),

ordered as (

    select
        *,
        row_number() over (
            -- a message's rows have no digest: one partition for all of them would be sorted whole
            partition by is_snapshot, coalesce(row_digest, file_sha256)
            order by delivery_order, row_number
        ) as digest_position,
        row_number() over (
            partition by municipality_code, allocation_number, client_key, allocated_on, allocated_at
            order by delivery_order, row_number
        ) as version_position
    from accepted

),

-- a message that repeats a version gives nothing new; a snapshot repeats it to say how it stands now
marked as (

    select
        *,
        case
            when is_snapshot then row_digest is not null and digest_position > 1
            else allocation_number is not null and version_position > 1
        end as is_duplicate
    from ordered

),

newest as (

    select
        *,
        row_number() over (
            partition by municipality_code, allocation_number, client_key, allocated_on, allocated_at
            order by is_duplicate, delivery_order desc, row_number desc
        ) as newest_position
    from marked

)

select
    file_sha256,
    row_number,
    delivery_order,
    known_at,
    source,
    is_snapshot,
    municipality_code,
    provider_agb,
    client_key,
    allocation_number,
    request_reference,
    product_category,
    product_code,
    allocated_on,
    allocated_at,
    starts_on,
    ends_until,
    change_reason,
    volume,
    unit_code,
    frequency_code,
    budget_cents,
    is_duplicate,
    allocation_number is not null and not is_duplicate and newest_position = 1 as is_version
from newest
