with

ledger as (

    select * from {{ ref('stg_lake__ledger') }}

),

repeated as (

    select * from {{ ref('int_deliveries__repeated') }}

),

ordered as (

    select
        file_sha256,
        file_name,
        kind,
        message_date,
        first_seen_at,
        refusal,
        row_number() over (order by message_date nulls last, file_name, file_sha256) as delivery_order
    from ledger

)

select
    ordered.delivery_order,
    ordered.file_sha256,
    ordered.file_name,
    {{ one_of('ordered.kind', delivery_kinds()) }} as kind,
    ordered.message_date,
    ordered.first_seen_at,
    {{ one_of(
        "case when ordered.refusal is not null or repeated.reason = 'identification_conflict' then 'refused' "
        ~ "when repeated.reason is not null then 'duplicate' else 'accepted' end",
        ['accepted', 'duplicate', 'refused']
    ) }} as resolution,
    coalesce(ordered.refusal, repeated.reason) as reason
from ordered
left join repeated
    on
        ordered.file_sha256 = repeated.file_sha256
        and ordered.file_name = repeated.file_name
