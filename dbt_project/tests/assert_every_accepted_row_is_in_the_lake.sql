-- rows_accepted of a message or export = the rows that the lake holds of it, less those that repeat an earlier one, and
-- those that were taken away since
{{ config(meta={'dagster': {'ref': {'name': 'deliveries'}}}) }}

{% if var('as_of') is none %}

with

deliveries as (

    select * from {{ ref('deliveries') }}
    where outcome in ('accepted', 'partly_quarantined')

),

lake_rows as (

    select file_sha256, row_number from {{ ref('stg_lake__allocations') }}
    union
    select file_sha256, row_number from {{ ref('stg_lake__care_events') }}
    union
    select file_sha256, row_number from {{ ref('stg_lake__referral_requests') }}
    union
    select file_sha256, row_number from {{ ref('stg_lake__decision_lines') }}

),

held as (

    select
        file_sha256,
        count(*) as held_rows
    from lake_rows
    group by file_sha256

    union all

    select
        file_sha256,
        count(*) as held_rows
    from {{ ref('stg_lake__declaration_lines') }}
    group by file_sha256

)

select
    deliveries.file_sha256,
    deliveries.rows_accepted,
    deliveries.rows_duplicate,
    deliveries.rows_removed,
    held.held_rows
from deliveries
left join held
    on deliveries.file_sha256 = held.file_sha256
where
    deliveries.kind not in ('poh_registraties', 'ervaringen')
    and deliveries.rows_accepted + deliveries.rows_duplicate
    <> coalesce(held.held_rows, 0) + deliveries.rows_removed

{% else %}

select 1 as nothing_to_compare where false

{% endif %}
