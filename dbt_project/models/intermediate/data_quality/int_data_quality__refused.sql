with

deliveries as (

    select * from {{ ref('deliveries') }}

),

dated as (

    select
        kind,
        municipality_code,
        {{ first_of_month('message_date') }} as month,
        outcome,
        reason,
        cents_read
    from deliveries
    where outcome <> 'duplicate'

),

reasons as (

    select distinct reason
    from dated
    where outcome = 'refused'

),

received as (

    select
        kind,
        municipality_code,
        month,
        count(*) as files
    from dated
    group by kind, municipality_code, month

),

refused as (

    select
        kind,
        municipality_code,
        month,
        reason,
        count(*) as files,
        sum(cents_read) as cents
    from dated
    where outcome = 'refused'
    group by kind, municipality_code, month, reason

)

-- only what two files say together is more than the shape of one; reasons that never occurred are not listed
select
    case when reasons.reason = 'identification_conflict' then 'logical' else 'structural' end as level,
    received.kind as source,
    reasons.reason as rule,
    'file' as field,
    cast(null as varchar) as standard,
    received.municipality_code,
    received.month,
    'files' as unit,
    received.files as rows_tested,
    coalesce(refused.files, 0) as rows_failing,
    coalesce(refused.cents, 0) as cents_concerned
from received
cross join reasons
left join refused
    on
        received.kind = refused.kind
        and received.municipality_code is not distinct from refused.municipality_code
        and received.month is not distinct from refused.month
        and reasons.reason = refused.reason
