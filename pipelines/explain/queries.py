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
    numbers.position,
    numbers.number_name as number,
    numbers.begins_on,
    cast(numbers.ends_until - interval 1 day as date) as ends_on,
    numbers.gap_days,
    case
        when numbers.position = 1 then 'first of the trajectory'
        when numbers.gap_days is null then 'what came before it has no end'
        when numbers.gap_days < 0 then 'begins before the latest end so far'
        else concat(numbers.gap_days, ' free days, at most ', parameters.value, ' allowed')
    end as decision
from intermediate.int_numbers__placed as numbers
inner join ops.run_parameters as parameters
    on parameters.parameter = 'max_gap_days'
where numbers.trajectory_id = $trajectory_id
order by numbers.position
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
    attributed.care_position,
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
    source_numbers.number_name as inherited_from_number
from intermediate.int_segments as segments
inner join intermediate.int_numbers__placed as numbers
    on segments.number_key = numbers.number_key
inner join intermediate.int_segments__attributed as attributed
    on
        segments.number_key = attributed.number_key
        and segments.version_number = attributed.version_number
left join intermediate.int_deliveries__accepted as deliveries
    on segments.delivery_order = deliveries.delivery_order
left join intermediate.int_segments__attributed as sources
    on
        attributed.care_key = sources.care_key
        and attributed.inherited_from_position = sources.care_position
left join intermediate.int_numbers__placed as source_numbers
    on sources.number_key = source_numbers.number_key
where numbers.trajectory_id = $trajectory_id
order by attributed.care_position
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
    on lines.delivery_order = deliveries.delivery_order
left join intermediate.int_deliveries__accepted as answers
    on lines.answer_order = answers.delivery_order
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
    numbers.number_name as number,
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
inner join intermediate.int_numbers__placed as numbers
    on requests.number_key = numbers.number_key
inner join intermediate.int_deliveries__accepted as deliveries
    on requests.delivery_order = deliveries.delivery_order
left join intermediate.int_referrals__attributed as attributed
    on
        requests.number_key = attributed.number_key
        and requests.position = 1
where numbers.trajectory_id = $trajectory_id
order by numbers.position, requests.position
"""

ATTRIBUTION = """
select
    attributed.attribution,
    coalesce(attributed.practice_id, 'unattributed') as practice_id,
    attributed.attributed_by_position as care_position
from intermediate.int_trajectories__attributed as attributed
inner join intermediate.int_trajectories as trajectories
    on attributed.first_number_key = trajectories.first_number_key
where trajectories.trajectory_id = $trajectory_id
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
