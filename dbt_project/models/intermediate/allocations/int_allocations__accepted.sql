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
        case
            when allocations.allocation_number is not null
                then {{ allocation_key('allocations.municipality_code', 'allocations.allocation_number', 'allocations.client_key') }}
        end as number_key,
        deliveries.delivery_order,
        allocations.source = 'toewijzingen' as is_snapshot
    from allocations
    inner join deliveries
        on allocations.file_sha256 = deliveries.file_sha256

),

-- few versions come twice: those are found first, so that the others need not be put in order
repeated_versions as (

    select
        number_key,
        allocated_on,
        allocated_at
    from accepted
    where number_key is not null
    group by number_key, allocated_on, allocated_at
    having count(*) > 1

),

repeated as (

    select
        accepted.delivery_order,
        accepted.row_number,
        accepted.is_snapshot,
        accepted.number_key,
        accepted.allocated_on,
        accepted.allocated_at,
        row_number() over (
            partition by accepted.number_key, accepted.allocated_on, accepted.allocated_at
            order by accepted.delivery_order, accepted.row_number
        ) as version_position
    from accepted
    inner join repeated_versions
        on
            accepted.number_key = repeated_versions.number_key
            and accepted.allocated_on is not distinct from repeated_versions.allocated_on
            and accepted.allocated_at is not distinct from repeated_versions.allocated_at

),

snapshot_rows as (

    select
        delivery_order,
        row_number,
        row_number() over (partition by row_digest order by delivery_order, row_number) as digest_position
    from accepted
    where is_snapshot and row_digest is not null

),

-- a message that repeats a version gives nothing new; a snapshot repeats it to say how it stands now
duplicates as (

    select
        delivery_order,
        row_number
    from snapshot_rows
    where digest_position > 1

    union all

    select
        delivery_order,
        row_number
    from repeated
    where not is_snapshot and version_position > 1

),

-- of one version the newest row holds that is no duplicate
newest as (

    select
        repeated.delivery_order,
        repeated.row_number,
        row_number() over (
            partition by repeated.number_key, repeated.allocated_on, repeated.allocated_at
            order by
                duplicates.delivery_order is not null,
                repeated.delivery_order desc,
                repeated.row_number desc
        ) as newest_position
    from repeated
    left join duplicates
        on
            repeated.delivery_order = duplicates.delivery_order
            and repeated.row_number = duplicates.row_number

)

select
    accepted.delivery_order,
    accepted.row_number,
    accepted.number_key,
    accepted.is_snapshot,
    accepted.municipality_code,
    accepted.provider_agb,
    accepted.client_key,
    accepted.allocation_number,
    accepted.request_reference,
    {{ one_of('accepted.product_category', product_categories()) }} as product_category,
    accepted.product_code,
    accepted.allocated_on,
    accepted.allocated_at,
    accepted.starts_on,
    accepted.ends_until,
    accepted.change_reason,
    {{ one_of('accepted.unit_code', unit_codes()) }} as unit_code,
    duplicates.delivery_order is not null as is_duplicate,
    accepted.number_key is not null
    and duplicates.delivery_order is null
    and coalesce(newest.newest_position = 1, true) as is_version
from accepted
left join duplicates
    on
        accepted.delivery_order = duplicates.delivery_order
        and accepted.row_number = duplicates.row_number
left join newest
    on
        accepted.delivery_order = newest.delivery_order
        and accepted.row_number = newest.row_number
