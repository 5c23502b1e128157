-- practice_trajectories straight from the lake, by hand: what an analyst would write who needs this table alone.
-- Expects the views ledger, allocations, care_events, referral_requests, declaration_lines, decisions, decision_lines,
-- praktijken, zorgverleners, referrer_names, zorgprofielen and gemeenten over the lake's files. It leaves out what the
-- lake of the benchmark has not: flat exports, releases 2.x and merged municipalities.

create temp table accepted as
select
    file_sha256,
    kind,
    municipality_code,
    sender_agb,
    identification,
    row_number() over (order by message_date nulls last, file_name, file_sha256) as place
from ledger
where refusal is null
qualify row_number() over (
    partition by
        case when kind in ('JW301', 'JW325') then municipality_code else sender_agb end, message_code, identification
    order by message_date nulls last, file_name, file_sha256
) = 1;

create temp view files as
select file_sha256, place from accepted;

-- answers: which declarations were judged, which were rejected whole, which lines were rejected
create temp table answers as
select
    decisions.file_sha256,
    declarations.file_sha256 as declaration_sha256,
    listed_lines = 0
    and coalesce(granted_cents, 0) = 0
    and not (coalesce(submitted_cents = 0, false) and concat(' ', return_codes, ' ') like '% 8001 %') as rejects_all
from decisions
inner join files using (file_sha256)
inner join accepted as declarations
    on
        declarations.kind = 'JW323'
        and declarations.sender_agb = decisions.provider_agb
        and declarations.identification = decisions.answered_identification
        and declarations.municipality_code = decisions.municipality_code;

create temp table judged_declarations as
select
    declaration_sha256 as file_sha256,
    bool_or(rejects_all) as is_rejected
from answers
group by declaration_sha256;

create temp table rejected_lines as
select distinct
    answers.declaration_sha256 as file_sha256,
    decision_lines.line_reference
from decision_lines
inner join answers using (file_sha256);

create temp table repeated_references as
select
    provider_agb,
    line_reference
from declaration_lines
group by provider_agb, line_reference
having count(*) > 1;

create temp view judged_lines as
select
    declaration_lines.*,
    files.place,
    coalesce(judged_declarations.is_rejected, false) or rejected_lines.file_sha256 is not null as is_rejected,
    judged_declarations.file_sha256 is null as is_open
from declaration_lines
inner join files using (file_sha256)
left join judged_declarations using (file_sha256)
left join rejected_lines
    on
        declaration_lines.file_sha256 = rejected_lines.file_sha256
        and declaration_lines.line_reference = rejected_lines.line_reference;

-- a reference that comes again counts only where every earlier one was rejected
create temp table repeats as
select
    file_sha256,
    row_number
from (
    select
        file_sha256,
        row_number,
        bool_and(is_rejected) over (
            partition by provider_agb, line_reference
            order by place, row_number
            rows between unbounded preceding and 1 preceding
        ) as may_come_again
    from judged_lines
    semi join repeated_references using (provider_agb, line_reference)
)
where not may_come_again;

create temp table credits as
select
    provider_agb,
    previous_reference as line_reference,
    count(*) as credits
from judged_lines
anti join repeats using (file_sha256, row_number)
where is_credit and not is_rejected and previous_reference is not null
group by provider_agb, previous_reference;

create temp table summed_lines as
select
    municipality_code,
    allocation_number,
    client_key,
    provider_agb,
    product_code,
    year(period_from) as care_year,
    count(*) as lines,
    sum(amount_cents) as cents,
    sum(amount_cents) filter (where is_open) as open_cents,
    min(period_from) as first_day,
    max(period_to) + 1 as last_until
from judged_lines
anti join repeats using (file_sha256, row_number)
anti join credits using (provider_agb, line_reference)
where not is_rejected and not is_credit
group by all;

-- allocations
create temp table versions as
select
    *,
    lag(ends_until) over of_number as previous_until,
    row_number() over of_number as version,
    count(*) over (partition by municipality_code, allocation_number, client_key) as versions
from (
    select
        municipality_code,
        allocation_number,
        client_key,
        provider_agb,
        product_code,
        allocated_on,
        allocated_at,
        starts_on,
        ends_on + 1 as ends_until,
        change_reason
    from allocations
    inner join files using (file_sha256)
    where allocation_number is not null
    qualify row_number() over (
        partition by municipality_code, allocation_number, client_key, allocated_on, allocated_at
        order by place, row_number
    ) = 1
)
window of_number as (
    partition by municipality_code, allocation_number, client_key
    order by allocated_on nulls first, allocated_at nulls first
);

create temp table current_allocations as
select
    row_number() over () as id,
    versions.*,
    converted.has_conversion_reason
from versions
inner join (
    select municipality_code, allocation_number, client_key, bool_or(change_reason = '10') as has_conversion_reason
    from versions
    group by all
) as converted using (municipality_code, allocation_number, client_key)
where
    version = versions
    and not coalesce(change_reason = '13' or (change_reason = '01' and ends_until = starts_on + 1), false);

create temp table care as
select
    municipality_code,
    allocation_number,
    client_key,
    min(begins_on) filter (where event = 'start') as first_start_on,
    max(begins_on) filter (where event = 'start') as last_start_on,
    max(ends_until) filter (where event = 'stop' and end_reason is distinct from '20') as last_stop_until
from (
    select *, ends_on + 1 as ends_until
    from care_events
    inner join files using (file_sha256)
    where allocation_number is not null
    qualify row_number() over (
        partition by
            municipality_code, allocation_number, client_key, event, product_category, product_code, begins_on,
            end_reason, ends_on
        order by place desc, row_number desc
    ) = 1
)
where delivery_status <> '3'
group by all;

-- one row per number: an allocation, or declarations without one
create temp table attached_lines as
select
    summed_lines.*,
    current_allocations.id
from summed_lines
left join current_allocations using (municipality_code, allocation_number, client_key);

create temp table numbers as
with

declared as (
    select id, min(first_day) as first_day from attached_lines where id is not null group by id
),

begun as (
    select
        allocated.*,
        care.last_start_on,
        care.last_stop_until,
        least(
            coalesce(care.first_start_on, allocated.starts_on),
            coalesce(declared.first_day, care.first_start_on, allocated.starts_on)
        ) as begins_on
    from current_allocations as allocated
    left join care using (municipality_code, allocation_number, client_key)
    left join declared using (id)
),

stopped as (
    select
        *,
        case
            when last_stop_until > begins_on and coalesce(last_start_on < last_stop_until, true) then last_stop_until
        end as stopped_until
    from begun
)

select
    id,
    true as is_allocated,
    municipality_code,
    provider_agb,
    client_key,
    allocation_number,
    product_code,
    has_conversion_reason,
    starts_on as allocated_from,
    stopped_until,
    begins_on,
    coalesce(stopped_until, ends_until) as ends_until
from stopped
union all
select
    -row_number() over () as id,
    false,
    municipality_code,
    provider_agb,
    client_key,
    allocation_number,
    min(product_code),
    false,
    null,
    null,
    min(first_day),
    max(last_until)
from attached_lines
where id is null
group by municipality_code, provider_agb, client_key, allocation_number;

create temp table profiled as
select
    numbers.*,
    coalesce(matched.care_profile, 'overig') as care_profile
from numbers
left join (
    select
        numbers.id,
        min_by(
            patterns.zorgprofiel,
            (
                patterns.gemeentecode = '*',
                -length(rtrim(patterns.productcode, '*')),
                patterns.productcode like '%*',
                -date_diff('day', date '1900-01-01', coalesce(patterns.geldig_vanaf, date '1900-01-01'))
            )
        ) as care_profile
    from numbers
    inner join zorgprofielen as patterns
        on
            patterns.gemeentecode in ('*', numbers.municipality_code)
            and case
                when patterns.productcode like '%*'
                    then starts_with(numbers.product_code, rtrim(patterns.productcode, '*'))
                else numbers.product_code = patterns.productcode
            end
            and coalesce(patterns.geldig_vanaf <= numbers.begins_on, true)
            and coalesce(patterns.geldig_tot > numbers.begins_on, true)
    group by numbers.id
) as matched using (id);

-- segments and chains
create temp table segments as
select id, 0 as version, begins_on from profiled
union all
select profiled.id, versions.version, versions.previous_until
from versions
inner join profiled
    on
        profiled.is_allocated
        and versions.municipality_code = profiled.municipality_code
        and versions.allocation_number = profiled.allocation_number
        and versions.client_key = profiled.client_key
where
    versions.previous_until is not null
    and (versions.ends_until is null or versions.ends_until > versions.previous_until)
    and versions.previous_until >= profiled.begins_on
    and (profiled.stopped_until is null or versions.previous_until < profiled.stopped_until);

create temp table chained as
with

measured as (
    select
        *,
        max(coalesce(ends_until, date '9999-12-31')) over (
            partition by municipality_code, client_key, provider_agb, care_profile
            order by begins_on, allocation_number nulls last
            rows between unbounded preceding and 1 preceding
        ) as latest_until
    from profiled
),

counted as (
    select
        *,
        sum(case when begins_on - latest_until <= 31 then 0 else 1 end) over (
            partition by municipality_code, client_key, provider_agb, care_profile
            order by begins_on, allocation_number nulls last
            rows between unbounded preceding and current row
        ) as chain
    from measured
)

select
    *,
    first_value(id) over links as trajectory_id,
    row_number() over links as position
from counted
window links as (
    partition by municipality_code, client_key, provider_agb, care_profile, chain
    order by begins_on, allocation_number nulls last
);

-- practices
create temp table referrals as
select
    matched.id,
    case when matched.referrer_type = '02' then coalesce(by_code.praktijk_id, by_person.praktijk_id, by_name.practice_id) end
        as practice_id
from (
    select
        current_allocations.id,
        requests.referrer_type,
        requests.referrer_agb,
        requests.referrer_hash,
        requests.known_at
    from referral_requests as requests
    inner join files using (file_sha256)
    inner join (
        select distinct municipality_code, provider_agb, client_key, allocation_number, request_reference
        from allocations
        inner join files using (file_sha256)
        where request_reference is not null
    ) as carried using (municipality_code, provider_agb, client_key, request_reference)
    inner join current_allocations
        on
            carried.municipality_code = current_allocations.municipality_code
            and carried.allocation_number = current_allocations.allocation_number
            and carried.client_key = current_allocations.client_key
    qualify row_number() over (
        partition by current_allocations.id order by requests.known_at, files.place, requests.row_number
    ) = 1
) as matched
left join (
    select agb_code, min(praktijk_id) as praktijk_id
    from praktijken group by agb_code having count(distinct praktijk_id) = 1
) as by_code on matched.referrer_agb = by_code.agb_code
left join zorgverleners as by_person
    on
        matched.referrer_agb = by_person.zorgverlener_agb
        and coalesce(by_person.van <= matched.known_at, true)
        and coalesce(by_person.tot > matched.known_at, true)
left join (
    select referrer_hash, min(practice_id) as practice_id
    from referrer_names group by referrer_hash having count(distinct practice_id) = 1
) as by_name on matched.referrer_hash = by_name.referrer_hash;

create temp table attributed as
with

own as (
    select
        segments.id,
        segments.version,
        segments.begins_on,
        chained.allocation_number,
        chained.client_key,
        chained.provider_agb,
        chained.care_profile,
        chained.trajectory_id,
        referrals.id is not null as is_referred,
        referrals.practice_id
    from segments
    inner join chained using (id)
    left join referrals using (id)
),

days as (
    select * from own
    qualify row_number() over (
        partition by client_key, provider_agb, care_profile, begins_on
        order by practice_id is null, allocation_number nulls last, version
    ) = 1
),

earlier as (
    select
        client_key,
        provider_agb,
        care_profile,
        begins_on,
        last_value(practice_id ignore nulls) over (
            partition by client_key, provider_agb, care_profile
            order by begins_on
            rows between unbounded preceding and 1 preceding
        ) as practice_id
    from days
),

filled as (
    select
        own.* exclude (practice_id),
        case when own.is_referred then own.practice_id else earlier.practice_id end as practice_id
    from own
    left join earlier using (client_key, provider_agb, care_profile, begins_on)
)

select
    trajectory_id,
    first(practice_id order by practice_id is null, begins_on, allocation_number nulls last, version) as practice_id
from filled
group by trajectory_id;

-- years
create temp table practice_trajectories as
with

lines_of_numbers as (
    select chained.trajectory_id, attached_lines.*
    from attached_lines
    inner join chained using (id)
    where attached_lines.id is not null
    union all
    select chained.trajectory_id, attached_lines.*
    from attached_lines
    inner join chained
        on
            not chained.is_allocated
            and attached_lines.municipality_code = chained.municipality_code
            and attached_lines.client_key = chained.client_key
            and attached_lines.provider_agb = chained.provider_agb
            and attached_lines.allocation_number is not distinct from chained.allocation_number
    where attached_lines.id is null
),

years as (
    select
        trajectory_id,
        care_year,
        sum(cents) as cents,
        coalesce(sum(open_cents), 0) as open_cents
    from lines_of_numbers
    group by trajectory_id, care_year
),

begun as (
    select chained.trajectory_id, year(segments.begins_on) as care_year, count(*) as segments_started
    from segments
    inner join chained using (id)
    group by all
),

trajectories as (
    select *, bool_or(is_allocated) over (partition by trajectory_id) as has_allocation
    from chained
    qualify position = 1
),

observed as (
    select
        lines.municipality_code,
        date_trunc('month', coalesce(max(gemeenten.gegevens_vanaf), min(lines.period_from))) as first_month,
        max(gemeenten.omzetting_op) as converted_on
    from declaration_lines as lines
    left join gemeenten on lines.municipality_code = gemeenten.gemeentecode
    group by lines.municipality_code
)

select
    trajectories.municipality_code,
    coalesce(attributed.practice_id, 'unattributed') as practice_id,
    years.care_year as year,
    trajectories.care_profile,
    case
        when years.care_year <> year(trajectories.begins_on)
            then case when begun.segments_started > 0 then 'extended' else 'carried_over' end
        when not has_allocation and date_trunc('month', trajectories.begins_on) = observed.first_month then 'unknown'
        when coalesce(trajectories.has_conversion_reason, false) or trajectories.allocated_from = observed.converted_on
            then 'converted'
        else 'new'
    end as status,
    count(*) as trajectories,
    count(distinct trajectories.client_key) as clients,
    cast(sum(years.cents) / 100 as decimal(18, 2)) as cost_eur,
    cast(sum(years.open_cents) / 100 as decimal(18, 2)) as cost_open_eur
from years
inner join trajectories using (trajectory_id)
inner join attributed using (trajectory_id)
inner join observed on trajectories.municipality_code = observed.municipality_code
left join begun on years.trajectory_id = begun.trajectory_id and years.care_year = begun.care_year
group by all;
