with

known as (

    select * from {{ ref('int_publications__known') }}

),

causes as (

    select * from {{ ref('revision_causes') }}

),

chaining as (

    select * from {{ ref('chaining') }}

),

last_step as (

    select max(step) as step from causes

),

steps as (

    select
        0 as step,
        cast(null as varchar) as cause

    union all

    select
        step,
        cause
    from causes

),

-- step by step one more family of facts goes on from the previous publication to this one; the first has no steps
advanced as (

    select
        known.publication,
        known.previous_publication,
        known.reported_on,
        steps.step,
        steps.cause,
        steps.step = last_step.step as is_publication,
        known.family,
        case when causes.step <= steps.step then known.known_until else before.known_until end as known_until
    from known
    cross join steps
    cross join last_step
    inner join causes
        on known.family = causes.family
    left join known as before
        on
            known.previous_publication = before.publication
            and known.family = before.family
    where known.previous_publication is not null or steps.step = last_step.step

),

dated as (

    select
        publication,
        previous_publication,
        reported_on,
        step,
        cause,
        is_publication,
        max(known_until) filter (where family = 'lines') as lines_until,
        max(known_until) filter (where family = 'credits') as credits_until,
        max(known_until) filter (where family = 'decisions') as decisions_until,
        max(known_until) filter (where family = 'allocations') as allocations_until,
        max(known_until) filter (where family = 'requests') as requests_until,
        max(known_until) filter (where family = 'reference') as reference_until
    from advanced
    group by publication, previous_publication, reported_on, step, cause, is_publication

)

select
    dated.publication,
    dated.previous_publication,
    dated.reported_on,
    dated.step,
    dated.cause,
    dated.is_publication,
    concat_ws(
        ' ',
        dated.lines_until,
        dated.credits_until,
        dated.decisions_until,
        dated.allocations_until,
        dated.requests_until,
        dated.reference_until,
        chaining.max_gap_days
    ) as scenario,
    dated.lines_until,
    dated.credits_until,
    dated.decisions_until,
    dated.allocations_until,
    dated.requests_until,
    dated.reference_until,
    chaining.max_gap_days
from dated
cross join chaining
