with

ledger as (

    select * from {{ source('lake_files', 'ledger') }}

)

select
    file_sha256,
    file_name,
    container,
    kind,
    release,
    message_code,
    municipality_code,
    sender_agb,
    identification,
    message_date,
    content_digest,
    refusal,
    refusal_message,
    rows_read,
    rows_accepted,
    rows_quarantined,
    cents_read,
    cents_accepted,
    cents_quarantined,
    first_seen_at
from ledger
-- a flat export is dated by its newest row, and its older rows were known before it; refused files may have no date
where
    message_date is null
    or kind not like 'JW%'
    or message_date <= case
        when kind in ('JW301', 'JW305', 'JW307') then {{ known_until('allocations') }}
        when kind = 'JW315' then {{ known_until('requests') }}
        when kind in ('JW304', 'JW325') then {{ known_until('decisions') }}
        -- a declaration holds lines and credits; what is not needed counts with it
        else greatest({{ known_until('lines') }}, {{ known_until('credits') }})
    end
