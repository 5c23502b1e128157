with

deliveries as (

    select * from {{ ref('deliveries') }}
    where outcome in ('accepted', 'partly_quarantined')

),

broken as (

    select * from {{ ref('quarantine') }}

),

rules as (

    select * from {{ ref('validation_rules') }}

),

dated as (

    select
        file_sha256,
        kind,
        coalesce(split_part(release, '.', 1), '') as major,
        municipality_code,
        {{ first_of_month('message_date') }} as month,
        rows_read,
        rows_quarantined,
        cents_quarantined
    from deliveries

),

read as (

    select
        kind,
        major,
        municipality_code,
        month,
        sum(rows_read) as rows_tested
    from dated
    group by kind, major, municipality_code, month

),

failing as (

    select
        dated.kind,
        dated.major,
        dated.municipality_code,
        dated.month,
        broken.field,
        broken.rule,
        dated.file_sha256,
        count(distinct broken.row_number) as rows_failing,
        -- the cents of a file's quarantined rows are known together, so exact only where all of them break the rule
        case when count(distinct broken.row_number) = any_value(dated.rows_quarantined) then any_value(dated.cents_quarantined) end
            as cents
    from broken
    inner join dated
        on broken.file_sha256 = dated.file_sha256
    group by
        dated.kind,
        dated.major,
        dated.municipality_code,
        dated.month,
        broken.field,
        broken.rule,
        dated.file_sha256

),

failed as (

    select
        kind,
        major,
        municipality_code,
        month,
        field,
        rule,
        sum(rows_failing) as rows_failing,
        case when count(*) = count(cents) then sum(cents) end as cents
    from failing
    group by kind, major, municipality_code, month, field, rule

)

select
    rules.level,
    rules.kind as source,
    rules.rule,
    rules.field,
    rules.standard,
    read.municipality_code,
    read.month,
    'rows' as unit,
    sum(read.rows_tested) as rows_tested,
    coalesce(sum(failed.rows_failing), 0) as rows_failing,
    case when count(failed.rule) = count(failed.cents) then coalesce(sum(failed.cents), 0) end as cents_concerned
from read
inner join rules
    on
        read.kind = rules.kind
        and read.major = coalesce(rules.major, '')
left join failed
    on
        read.kind = failed.kind
        and read.major = failed.major
        and read.municipality_code is not distinct from failed.municipality_code
        and read.month is not distinct from failed.month
        and rules.field = failed.field
        and rules.rule = failed.rule
group by rules.level, rules.kind, rules.rule, rules.field, rules.standard, read.municipality_code, read.month
