with

versions as (

    select * from {{ ref('int_allocations__versions') }}

),

conversions as (

    select
        number_key,
        count(*) as versions,
        bool_or(coalesce(change_reason = '10', false)) as has_conversion_reason
    from versions
    group by number_key

)

select
    versions.number_key,
    versions.file_sha256,
    versions.row_number,
    versions.known_at,
    versions.municipality_code,
    versions.provider_agb,
    versions.client_key,
    versions.allocation_number,
    versions.product_category,
    versions.product_code,
    versions.allocated_on,
    versions.allocated_at,
    versions.starts_on,
    versions.ends_until,
    versions.change_reason,
    versions.volume,
    versions.unit_code,
    versions.budget_cents,
    conversions.versions,
    conversions.has_conversion_reason,
    -- JZ002: 13 removes an allocation; before 3.1 the same was said by 01 with end = start
    coalesce(
        versions.change_reason = '13'
        or (versions.change_reason = '01' and versions.ends_until = {{ day_after('versions.starts_on') }}),
        false
    ) as is_withdrawn
from versions
inner join conversions
    on versions.number_key = conversions.number_key
where versions.is_current
