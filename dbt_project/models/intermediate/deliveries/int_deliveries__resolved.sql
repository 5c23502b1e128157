with

ledger as (

    select * from {{ ref('stg_lake__ledger') }}

),

-- TR056: an identification is unique per sender and message code; answers of 2.x carry the declaration's own number.
-- What has none is known by its bytes; a file that was refused while reading never counts as the first.
keyed as (

    select
        *,
        refusal is null
        and identification is not null
        and kind in ('JW301', 'JW303', 'JW304', 'JW305', 'JW307', 'JW315', 'JW323', 'JW325') as is_identified,
        case
            when kind in ('JW301', 'JW325') then municipality_code
            when kind = 'JW304' then concat_ws(' ', municipality_code, sender_agb)
            else sender_agb
        end as sender,
        row_number() over (order by message_date nulls last, file_name, file_sha256) as delivery_order
    from ledger

),

named as (

    select
        *,
        case when is_identified then message_code end as code_key,
        case when is_identified then sender end as sender_key,
        case when is_identified then identification else file_sha256 end as own_key
    from keyed

),

-- few messages come twice: those are found first, so that the others need not be put in order
repeated as (

    select
        code_key,
        sender_key,
        own_key,
        min(delivery_order) as first_order,
        min_by(file_sha256, delivery_order) as first_sha256,
        min_by(content_digest, delivery_order) as first_digest
    from named
    where refusal is null
    group by code_key, sender_key, own_key
    having count(*) > 1

),

judged as (

    select
        named.*,
        case
            when named.refusal is not null then named.refusal
            when coalesce(named.delivery_order = repeated.first_order, true) then null
            when named.file_sha256 = repeated.first_sha256 then 'same_bytes'
            when named.content_digest = repeated.first_digest then 'same_content'
            else 'identification_conflict'
        end as reason
    from named
    left join repeated
        on
            named.own_key = repeated.own_key
            and named.code_key is not distinct from repeated.code_key
            and named.sender_key is not distinct from repeated.sender_key

)

select
    file_sha256,
    file_name,
    container,
    kind,
    release,
    municipality_code,
    sender_agb,
    identification,
    message_date,
    rows_read,
    rows_accepted,
    rows_quarantined,
    cents_read,
    cents_accepted,
    cents_quarantined,
    first_seen_at,
    case
        when reason is null then 'accepted'
        when refusal is null and reason in ('same_bytes', 'same_content') then 'duplicate'
        else 'refused'
    end as resolution,
    reason,
    delivery_order
from judged
