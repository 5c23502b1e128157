with

ledger as (

    select * from {{ ref('stg_lake__ledger') }}

),

-- TR056: an identification is unique per sender and message code; answers of 2.x carry the declaration's own number
identified as (

    select
        *,
        case
            when kind in ('JW301', 'JW325') then municipality_code
            when kind = 'JW304' then concat_ws(' ', municipality_code, sender_agb)
            when kind in ('JW303', 'JW305', 'JW307', 'JW315', 'JW323') then sender_agb
        end as sender,
        kind in ('JW301', 'JW303', 'JW304', 'JW305', 'JW307', 'JW315', 'JW323', 'JW325')
        and identification is not null as is_identified
    from ledger

),

keyed as (

    select
        *,
        case when is_identified then sender end as sender_key,
        case when is_identified then message_code end as code_key,
        case when is_identified then identification end as identification_key,
        case when not is_identified then file_sha256 end as bytes_key
    from identified

),

-- a file that was refused while reading never counts as the first
ordered as (

    select
        *,
        row_number() over same_message as position,
        first_value(file_sha256) over same_message as first_sha256,
        first_value(content_digest) over same_message as first_digest
    from keyed
    where refusal is null
    window
        same_message as (
            partition by sender_key, code_key, identification_key, bytes_key
            order by message_date nulls last, file_name, file_sha256
        )

),

judged as (

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
            when position = 1 then 'accepted'
            when file_sha256 = first_sha256 or content_digest = first_digest then 'duplicate'
            else 'refused'
        end as resolution,
        case
            when position = 1 then null
            when file_sha256 = first_sha256 then 'same_bytes'
            when content_digest = first_digest then 'same_content'
            else 'identification_conflict'
        end as reason
    from ordered

    union all

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
        'refused' as resolution,
        refusal as reason
    from ledger
    where refusal is not null

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
    resolution,
    reason,
    row_number() over (order by message_date nulls last, file_name, file_sha256) as delivery_order
from judged
