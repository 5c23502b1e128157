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

-- few versions come twice: those are found first, so that the others need not be put in order
repeated_versions as (

    select
        municipality_code,
        allocation_number,
        client_key,
        allocated_on,
        allocated_at
    from accepted
    where allocation_number is not null
    group by municipality_code, allocation_number, client_key, allocated_on, allocated_at
    having count(*) > 1

),

repeated as (

    select
        accepted.file_sha256,
        accepted.row_number,
        accepted.delivery_order,
        accepted.is_snapshot,
        accepted.municipality_code,
        accepted.allocation_number,
        accepted.client_key,
        accepted.allocated_on,
        accepted.allocated_at,
        row_number() over (
            partition by
                accepted.municipality_code,
                accepted.allocation_number,
                accepted.client_key,
                accepted.allocated_on,
                accepted.allocated_at
            order by accepted.delivery_order, accepted.row_number
        ) as version_position
    from accepted
    inner join repeated_versions
        on
            accepted.municipality_code = repeated_versions.municipality_code
            and accepted.allocation_number = repeated_versions.allocation_number
            and accepted.client_key = repeated_versions.client_key
            and accepted.allocated_on is not distinct from repeated_versions.allocated_on
            and accepted.allocated_at is not distinct from repeated_versions.allocated_at

),

snapshot_rows as (

    select
        file_sha256,
        row_number,
        row_number() over (partition by row_digest order by delivery_order, row_number) as digest_position
    from accepted
    where is_snapshot and row_digest is not null

),

-- a message that repeats a version gives nothing new; a snapshot repeats it to say how it stands now
duplicates as (

    select
        file_sha256,
        row_number
    from snapshot_rows
    where digest_position > 1

    union all

    select
        file_sha256,
        row_number
    from repeated
    where not is_snapshot and version_position > 1

),

-- of one version the newest row holds that is no duplicate
newest as (

    select
        repeated.file_sha256,
        repeated.row_number,
        row_number() over (
            partition by
                repeated.municipality_code,
                repeated.allocation_number,
                repeated.client_key,
                repeated.allocated_on,
                repeated.allocated_at
            order by
                duplicates.file_sha256 is not null,
                repeated.delivery_order desc,
                repeated.row_number desc
        ) as newest_position
    from repeated
    left join duplicates
        on
            repeated.file_sha256 = duplicates.file_sha256
            and repeated.row_number = duplicates.row_number

)

select
    accepted.file_sha256,
    accepted.row_number,
    accepted.delivery_order,
    accepted.known_at,
    accepted.source,
    accepted.is_snapshot,
    accepted.municipality_code,
    accepted.provider_agb,
    accepted.client_key,
    accepted.allocation_number,
    accepted.request_reference,
    accepted.product_category,
    accepted.product_code,
    accepted.allocated_on,
    accepted.allocated_at,
    accepted.starts_on,
    accepted.ends_until,
    accepted.change_reason,
    accepted.volume,
    accepted.unit_code,
    accepted.frequency_code,
    accepted.budget_cents,
    duplicates.file_sha256 is not null as is_duplicate,
    accepted.allocation_number is not null
    and duplicates.file_sha256 is null
    and coalesce(newest.newest_position = 1, true) as is_version
from accepted
left join duplicates
    on
        accepted.file_sha256 = duplicates.file_sha256
        and accepted.row_number = duplicates.row_number
left join newest
    on
        accepted.file_sha256 = newest.file_sha256
        and accepted.row_number = newest.row_number
