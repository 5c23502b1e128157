with bases as (

    select * from {{ ref('int_poh_bases__counted') }}

),

scopes as (

    select * from {{ ref('int_poh_scopes__listed') }}

),

registrations as (

    select * from {{ ref('int_poh_registrations__in_periods') }}

),

counts as (

    select * from {{ ref('int_poh_counts__single') }}

),

participation as (

    select * from {{ ref('int_poh_participation__months') }}

),

periods as (

    select * from {{ ref('int_reporting_periods__listed') }}
    where subject = 'poh'

),

-- Seen = new + carried over, so of a person seen in two registrations the newest decides here too.
seen_newest as (

    select
        scopes.period_id,
        scopes.municipality_code,
        scopes.scope_kind,
        scopes.scope_id,
        registrations.is_seen_new,
        row_number() over (
            partition by
                scopes.period_id, scopes.municipality_code, scopes.scope_kind, scopes.scope_id, scopes.person_key
            order by scopes.referred_on desc, scopes.registration_id desc
        ) as newness
    from scopes
    inner join registrations
        on
            scopes.period_id = registrations.period_id
            and scopes.registration_id = registrations.registration_id
    where registrations.is_seen

),

seen_new as (

    select
        period_id,
        municipality_code,
        scope_kind,
        scope_id,
        sum(case when is_seen_new then 1 else 0 end) as clients
    from seen_newest
    where newness = 1
    group by period_id, municipality_code, scope_kind, scope_id

),

months as (

    select
        bases.period_id,
        bases.municipality_code,
        bases.scope_kind,
        bases.scope_id,
        coalesce(participation.months, periods.months) as months
    from bases
    inner join periods
        on bases.period_id = periods.period_id
    left join participation
        on
            bases.period_id = participation.period_id
            and bases.municipality_code = participation.municipality_code
            and bases.scope_id = participation.scope_id
            and bases.scope_kind <> 'programme'

),

flows as (

    select
        period_id,
        municipality_code,
        scope_kind,
        scope_id,
        'referral' as dimension,
        'referral' as category,
        referred as clients,
        referred as denominator
    from bases
    union all
    select
        period_id,
        municipality_code,
        scope_kind,
        scope_id,
        'referral' as dimension,
        'intake' as category,
        referred_with_contact as clients,
        referred as denominator
    from bases
    union all
    select
        period_id,
        municipality_code,
        scope_kind,
        scope_id,
        'referral' as dimension,
        'other' as category,
        referred - referred_with_contact as clients,
        referred as denominator
    from bases
    union all
    select
        bases.period_id,
        bases.municipality_code,
        bases.scope_kind,
        bases.scope_id,
        'referral_rate' as dimension,
        'per_month' as category,
        bases.referred as clients,
        months.months as denominator
    from bases
    inner join months
        on
            bases.period_id = months.period_id
            and bases.municipality_code = months.municipality_code
            and bases.scope_kind = months.scope_kind
            and bases.scope_id = months.scope_id
    union all
    select
        period_id,
        municipality_code,
        scope_kind,
        scope_id,
        'seen' as dimension,
        'seen' as category,
        seen as clients,
        present as denominator
    from bases
    union all
    select
        bases.period_id,
        bases.municipality_code,
        bases.scope_kind,
        bases.scope_id,
        'seen' as dimension,
        'seen_new' as category,
        seen_new.clients,
        bases.present as denominator
    from bases
    inner join seen_new
        on
            bases.period_id = seen_new.period_id
            and bases.municipality_code = seen_new.municipality_code
            and bases.scope_kind = seen_new.scope_kind
            and bases.scope_id = seen_new.scope_id
    union all
    select
        bases.period_id,
        bases.municipality_code,
        bases.scope_kind,
        bases.scope_id,
        'seen' as dimension,
        'seen_carried_over' as category,
        bases.seen - seen_new.clients as clients,
        bases.present as denominator
    from bases
    inner join seen_new
        on
            bases.period_id = seen_new.period_id
            and bases.municipality_code = seen_new.municipality_code
            and bases.scope_kind = seen_new.scope_kind
            and bases.scope_id = seen_new.scope_id
    union all
    -- Caution 4: the same clients over two denominators, always both.
    select
        counts.period_id,
        counts.municipality_code,
        counts.scope_kind,
        counts.scope_id,
        'completed_without_referral' as dimension,
        'of_seen' as category,
        counts.clients,
        bases.seen as denominator
    from counts
    inner join bases
        on
            counts.period_id = bases.period_id
            and counts.municipality_code = bases.municipality_code
            and counts.scope_kind = bases.scope_kind
            and counts.scope_id = bases.scope_id
    where counts.dimension = 'outcome_treatment' and counts.category = 'not_referred'
    union all
    select
        period_id,
        municipality_code,
        scope_kind,
        scope_id,
        'completed_without_referral' as dimension,
        'of_completed' as category,
        clients,
        denominator
    from counts
    where dimension = 'outcome_treatment' and category = 'not_referred'

)

select
    period_id,
    municipality_code,
    scope_kind,
    scope_id,
    dimension,
    category,
    cast(clients as bigint) as clients,
    cast(denominator as bigint) as denominator
from flows
where clients > 0
