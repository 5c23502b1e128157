with

deliveries as (

    select * from {{ ref('deliveries') }}
    where outcome in ('accepted', 'partly_quarantined')

),

findings as (

    select * from {{ ref('findings') }}

),

rules as (

    select * from {{ ref('finding_rules') }}

),

sources as (

    select * from {{ ref('finding_sources') }}

),

dated as (

    select
        file_sha256,
        kind,
        municipality_code,
        {{ first_of_month('message_date') }} as month,
        rows_accepted
    from deliveries

),

accepted as (

    select
        kind,
        municipality_code,
        month,
        count(*) as messages,
        sum(rows_accepted) as rows_accepted
    from dated
    group by kind, municipality_code, month

),

-- by the file's municipality, as the rows that it is compared with
found as (

    select
        dated.kind,
        dated.municipality_code,
        dated.month,
        findings.finding,
        count(distinct (findings.file_sha256, findings.row_number)) as rows_failing,
        sum(findings.cents) as cents
    from findings
    inner join dated
        on findings.file_sha256 = dated.file_sha256
    group by dated.kind, dated.municipality_code, dated.month, findings.finding

)

select
    'logical' as level,
    accepted.kind as source,
    rules.finding as rule,
    'finding' as field,
    rules.rule as standard,
    accepted.municipality_code,
    accepted.month,
    rules.judges as unit,
    -- a message without lines can be found wrong as a whole
    case rules.judges when 'messages' then accepted.messages else accepted.rows_accepted end as rows_tested,
    coalesce(found.rows_failing, 0) as rows_failing,
    coalesce(found.cents, 0) as cents_concerned
from accepted
inner join sources
    on accepted.kind = sources.kind
inner join rules
    on sources.family = rules.family
left join found
    on
        accepted.kind = found.kind
        and accepted.municipality_code is not distinct from found.municipality_code
        and accepted.month is not distinct from found.month
        and rules.finding = found.finding
