with

ledger as (

    select * from {{ ref('stg_lake__ledger') }}

),

resolved as (

    select * from {{ ref('int_deliveries__resolved') }}

),

deliveries as (

    select
        ledger.*,
        resolved.resolution,
        resolved.reason
    from ledger
    inner join resolved
        on
            ledger.file_sha256 = resolved.file_sha256
            and ledger.file_name = resolved.file_name

),

duplicate_rows as (

    select * from {{ ref('int_rows__duplicated') }}

),

removed as (

    select
        file_sha256,
        sum(rows_removed) as rows_removed,
        sum(cents_removed) as cents_removed
    from {{ ref('stg_lake__removed_rows') }}
    group by file_sha256

),

duplicates as (

    select
        file_sha256,
        count(*) as rows_duplicate,
        sum(cents) as cents_duplicate
    from duplicate_rows
    group by file_sha256

),

counted as (

    select
        deliveries.file_sha256,
        deliveries.file_name,
        deliveries.container,
        deliveries.kind,
        deliveries.release,
        deliveries.municipality_code,
        deliveries.sender_agb,
        deliveries.message_date,
        deliveries.resolution,
        deliveries.reason,
        deliveries.first_seen_at,
        deliveries.rows_read,
        deliveries.cents_read,
        case deliveries.resolution
            when 'accepted' then deliveries.rows_accepted - coalesce(duplicates.rows_duplicate, 0)
            else 0
        end as rows_accepted,
        case deliveries.resolution
            when 'accepted' then deliveries.cents_accepted - coalesce(duplicates.cents_duplicate, 0)
            else 0
        end as cents_accepted,
        case deliveries.resolution
            when 'accepted' then deliveries.rows_quarantined
            when 'refused' then deliveries.rows_read
            else 0
        end as rows_quarantined,
        case deliveries.resolution
            when 'accepted' then deliveries.cents_quarantined
            when 'refused' then deliveries.cents_read
            else 0
        end as cents_quarantined,
        case deliveries.resolution
            when 'accepted' then coalesce(duplicates.rows_duplicate, 0)
            when 'duplicate' then deliveries.rows_read
            else 0
        end as rows_duplicate,
        case deliveries.resolution
            when 'accepted' then coalesce(duplicates.cents_duplicate, 0)
            when 'duplicate' then deliveries.cents_read
            else 0
        end as cents_duplicate,
        -- of the accepted rows: what an erasure or the end of the retention period took away since
        case deliveries.resolution when 'accepted' then coalesce(removed.rows_removed, 0) else 0 end as rows_removed,
        case deliveries.resolution when 'accepted' then coalesce(removed.cents_removed, 0) else 0 end as cents_removed
    from deliveries
    left join duplicates
        on deliveries.file_sha256 = duplicates.file_sha256
    left join removed
        on deliveries.file_sha256 = removed.file_sha256

)

select
    file_sha256,
    file_name,
    container,
    kind,
    release,
    municipality_code,
    sender_agb,
    message_date,
    case
        when resolution = 'accepted' and rows_quarantined > 0 then 'partly_quarantined'
        else resolution
    end as outcome,
    reason,
    cast(rows_read as bigint) as rows_read,
    cast(rows_accepted as bigint) as rows_accepted,
    cast(rows_quarantined as bigint) as rows_quarantined,
    cast(rows_duplicate as bigint) as rows_duplicate,
    cast(cents_read as bigint) as cents_read,
    cast(cents_accepted as bigint) as cents_accepted,
    cast(cents_quarantined as bigint) as cents_quarantined,
    cast(cents_duplicate as bigint) as cents_duplicate,
    first_seen_at,
    cast(rows_removed as bigint) as rows_removed,
    cast(cents_removed as bigint) as cents_removed
from counted
