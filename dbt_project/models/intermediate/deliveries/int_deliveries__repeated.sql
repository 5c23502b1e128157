with

ledger as (

    select * from {{ ref('stg_lake__ledger') }}
    -- a file that was refused while reading never counts as the first
    where refusal is null

),

-- TR056: an identification is unique per sender and message code; answers of 2.x carry the declaration's own number.
-- What has none is known by its bytes.
keyed as (

    select
        file_sha256,
        file_name,
        message_date,
        content_digest,
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

-- few messages come twice: those are found first, so that the others need not be put in order
repeated as (

    select own_key
    from keyed
    group by own_key
    having count(*) > 1

),

ordered as (

    select
        keyed.file_sha256,
        keyed.file_name,
        keyed.content_digest,
        row_number() over by_message as position,
        first_value(keyed.file_sha256) over by_message as first_sha256,
        first_value(keyed.content_digest) over by_message as first_digest
    from keyed
    inner join repeated
        on keyed.own_key = repeated.own_key
    window
        by_message as (
            partition by keyed.own_key
            order by keyed.message_date nulls last, keyed.file_name, keyed.file_sha256
        )

)

select
    file_sha256,
    file_name,
    case
        when file_sha256 = first_sha256 then 'same_bytes'
        when content_digest = first_digest then 'same_content'
        else 'identification_conflict'
    end as reason
from ordered
where position > 1
