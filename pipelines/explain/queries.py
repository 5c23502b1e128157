"""The queries behind ``explain``, each with one parameter, ``$trajectory_id``; docs/cookbook.md shows them too."""

from __future__ import annotations

TRAJECTORY = """
select
    trajectory_id,
    municipality_code,
    client_key,
    provider_agb,
    care_profile,
    domain,
    begins_on,
    cast(ends_until - interval 1 day as date) as ends_on
from intermediate.int_trajectories
where trajectory_id = $trajectory_id
"""

CHAIN = """
select
    chained.position,
    chained.number_key,
    numbers.begins_on,
    cast(numbers.ends_until - interval 1 day as date) as ends_on,
    chained.gap_days,
    case
        when chained.position = 1 then 'first of the trajectory'
        when chained.gap_days is null then 'what came before it has no end'
        when chained.gap_days < 0 then 'begins before the latest end so far'
        else concat(chained.gap_days, ' free days, at most ', parameters.value, ' allowed')
    end as decision
from intermediate.int_numbers__chained as chained
inner join intermediate.int_segments__first as numbers
    on chained.number_key = numbers.number_key
inner join ops.run_parameters as parameters
    on parameters.parameter = 'max_gap_days'
where chained.trajectory_id = $trajectory_id
order by chained.position
"""

NEIGHBOURS = """
select
    others.trajectory_id,
    others.begins_on,
    cast(others.ends_until - interval 1 day as date) as ends_on,
    case
        when others.begins_on > this.begins_on then date_diff('day', this.ends_until, others.begins_on)
        else date_diff('day', others.ends_until, this.begins_on)
    end as gap_days
from intermediate.int_trajectories as this
inner join intermediate.int_trajectories as others
    on
        this.client_key = others.client_key
        and this.provider_agb = others.provider_agb
        and this.care_profile = others.care_profile
        and this.municipality_code = others.municipality_code
        and this.trajectory_id <> others.trajectory_id
where this.trajectory_id = $trajectory_id
order by others.begins_on, others.trajectory_id
"""

SEGMENTS = """
select
    segments.segment_key,
    segments.number_key,
    segments.allocation_number,
    segments.origin,
    segments.begins_on,
    cast(segments.ends_until - interval 1 day as date) as ends_on,
    case
        when segments.ends_by_stop then 'stop'
        when segments.ends_until is null then 'open'
        when segments.origin = 'declarations' then 'last line'
        else 'allocation'
    end as ended_by,
    deliveries.file_name,
    segments.row_number,
    attributed.attribution,
    attributed.practice_id,
    attributed.inherited_from_segment_key
from intermediate.int_segments as segments
inner join intermediate.int_numbers__chained as chained
    on segments.number_key = chained.number_key
inner join intermediate.int_segments__attributed as attributed
    on segments.segment_key = attributed.segment_key
left join intermediate.int_deliveries__accepted as deliveries
    on segments.file_sha256 = deliveries.file_sha256
where chained.trajectory_id = $trajectory_id
order by segments.begins_on, chained.position, segments.segment_key
"""

MESSAGES = """
select
    file_name,
    row_number,
    kind,
    message_date,
    role,
    from_on,
    cast(until - interval 1 day as date) as to_on
from intermediate.int_messages__placed
where trajectory_id = $trajectory_id
order by message_date, file_name, row_number, role
"""

LINES = """
select
    deliveries.file_name,
    lines.row_number,
    lines.line_reference,
    lines.product_code,
    lines.period_from,
    cast(lines.period_until - interval 1 day as date) as period_to,
    cast(lines.amount_cents / 100 as decimal(18, 2)) as amount_eur,
    cast(case when lines.counts then lines.counted_cents / 100 else 0 end as decimal(18, 2)) as counted_eur,
    lines.verdict,
    lines.verdict_rule,
    lines.counting,
    answers.file_name as answer_file
from intermediate.int_lines__placed as lines
inner join intermediate.int_deliveries__accepted as deliveries
    on lines.file_sha256 = deliveries.file_sha256
left join intermediate.int_deliveries__accepted as answers
    on lines.answer_sha256 = answers.file_sha256
where lines.trajectory_id = $trajectory_id
order by lines.period_from, deliveries.delivery_order, lines.row_number
"""

YEARS = """
select
    years.year,
    years.status,
    by_year.status_rule,
    years.segments_started,
    years.lines,
    years.cost_eur,
    years.cost_open_eur
from marts.trajectory_years as years
inner join intermediate.int_trajectories__by_year as by_year
    on
        years.trajectory_id = by_year.trajectory_id
        and years.year = by_year.care_year
where years.trajectory_id = $trajectory_id
order by years.year
"""

REQUESTS = """
select
    requests.number_key,
    requests.position,
    requests.known_at as requested_on,
    deliveries.file_name,
    requests.row_number,
    requests.referrer_type,
    requests.referrer_agb,
    requests.referrer_hash,
    attributed.attribution,
    attributed.practice_id
from intermediate.int_referral_requests__matched as requests
inner join intermediate.int_numbers__chained as chained
    on requests.number_key = chained.number_key
inner join intermediate.int_deliveries__accepted as deliveries
    on requests.file_sha256 = deliveries.file_sha256
left join intermediate.int_referrals__attributed as attributed
    on
        requests.number_key = attributed.number_key
        and requests.position = 1
where chained.trajectory_id = $trajectory_id
order by chained.position, requests.position
"""

ATTRIBUTION = """
select
    attribution,
    coalesce(practice_id, 'unattributed') as practice_id,
    attributed_by_segment_key as segment_key
from intermediate.int_trajectories__attributed
where trajectory_id = $trajectory_id
"""

TRAJECTORIES_OF_A_CELL = """
select years.*
from marts.trajectory_years as years
inner join marts.practice_trajectories as cell
    using (municipality_code, practice_id, year, care_profile, status)
where
    cell.municipality_code = $municipality_code
    and cell.practice_id = $practice_id
    and cell.year = $year
    and cell.care_profile = $care_profile
    and cell.status = $status
order by years.started_on, years.trajectory_id
"""
