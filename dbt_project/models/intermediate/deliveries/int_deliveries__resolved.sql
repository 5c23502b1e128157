with

ledger as (

    select * from {{ ref('stg_lake__ledger') }}

),

-- TR056: an identification is unique per sender and message code; answers of 2.x carry the declaration's own number.
-- What has none is known by its bytes.
keyed as (

    select
        file_sha256,
        file_name,
        kind,
        message_date,
        first_seen_at,
        content_digest,
        refusal,
        case
            when
                identification is not null
                and kind in ('JW301', 'JW303', 'JW304', 'JW305', 'JW307', 'JW315', 'JW323', 'JW325')
                then {{ label_key(
                    "concat_ws('|', 'message', coalesce(message_code, ''), coalesce(case when kind in ('JW301', 'JW325') "
                    ~ "then municipality_code when kind = 'JW304' then concat_ws(' ', municipality_code, sender_agb) "
                    ~ "else sender_agb end, ''), identification)"
                ) }}
            else {{ label_key('file_sha256') }}
        end as own_key
    from ledger

),

ordered as (

    select
        *,
        row_number() over (order by message_date nulls last, file_name, file_sha256) as delivery_order
    from keyed

),

-- a file that was refused while reading never counts as the first
named as (

    select
        delivery_order,
        file_sha256,
        content_digest,
        own_key
    from ordered
    where refusal is null

),

-- few messages come twice: those are found first, so that the others need not be put in order
repeated as (

    select own_key
    from named
    group by own_key
    having count(*) > 1

),

firsts as (

    select
        named.own_key,
        min(named.delivery_order) as delivery_order,
        min_by(named.file_sha256, named.delivery_order) as file_sha256,
        min_by(named.content_digest, named.delivery_order) as content_digest
    from named
    inner join repeated
        on named.own_key = repeated.own_key
    group by named.own_key

),

later as (

    select
        named.delivery_order,
        case
            when named.file_sha256 = firsts.file_sha256 then 'same_bytes'
            when named.content_digest = firsts.content_digest then 'same_content'
            else 'identification_conflict'
        end as reason
    from named
    inner join firsts
        on named.own_key = firsts.own_key
    where named.delivery_order > firsts.delivery_order

)

select
    ordered.delivery_order,
    ordered.file_sha256,
    ordered.file_name,
    {{ one_of('ordered.kind', delivery_kinds()) }} as kind,
    ordered.message_date,
    ordered.first_seen_at,
    {{ one_of(
        "case when ordered.refusal is not null or later.reason = 'identification_conflict' then 'refused' "
        ~ "when later.reason is not null then 'duplicate' else 'accepted' end",
        ['accepted', 'duplicate', 'refused']
    ) }} as resolution,
    coalesce(ordered.refusal, later.reason) as reason
from ordered
left join later
    on ordered.delivery_order = later.delivery_order
