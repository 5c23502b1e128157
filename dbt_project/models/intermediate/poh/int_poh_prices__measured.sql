with

scenarios as (

    select * from {{ ref('int_poh_programmes__priced') }}
    where price_per_trajectory is not null

),

trajectories as (

    select * from {{ ref('int_trajectories') }}
    where ggz_segment in ('BGGZ', 'SGGZ')

),

years as (

    select * from {{ ref('trajectory_years') }}

),

chains as (

    select * from {{ ref('int_numbers__chained') }}

),

summed_lines as (

    select * from {{ ref('int_lines__attached') }}

),

lines as (

    select * from {{ ref('int_lines__counted') }}
    where counts

),

-- Contract section 5: converted and unknown take precedence, so their first segment is no new start in any period.
not_new as (

    select distinct trajectory_id
    from years
    where status in ('converted', 'unknown')

),

candidates as (

    select
        scenarios.period_id,
        scenarios.municipality_code,
        scenarios.programme,
        scenarios.scenario,
        scenarios.months,
        scenarios.bggz_share,
        scenarios.starts_on,
        scenarios.ends_until,
        trajectories.first_number_key,
        trajectories.ggz_segment
    from scenarios
    inner join trajectories
        on
            scenarios.municipality_code = trajectories.municipality_code
            and trajectories.begins_on >= scenarios.starts_on
            and trajectories.begins_on < scenarios.ends_until
    left join not_new
        on trajectories.trajectory_id = not_new.trajectory_id
    where not_new.trajectory_id is null

),

trajectory_lines as (

    select
        chains.first_number_key,
        lines.period_from,
        lines.counted_cents
    from lines
    inner join summed_lines
        on
            lines.municipality_code = summed_lines.municipality_code
            and lines.allocation_number is not distinct from summed_lines.allocation_number
            and lines.client_key = summed_lines.client_key
            and lines.provider_agb = summed_lines.provider_agb
            and lines.product_code is not distinct from summed_lines.product_code
            and extract(year from lines.period_from) = summed_lines.care_year
    inner join chains
        on summed_lines.number_key = chains.number_key
    where chains.first_number_key in (select candidates.first_number_key from candidates)

),

-- One row per trajectory with at least one counting line in the period, and its cost in the period: the unit of
-- practice_trajectories, so that a calendar year gives the same mean.
costs as (

    select
        candidates.period_id,
        candidates.municipality_code,
        candidates.programme,
        candidates.scenario,
        candidates.months,
        candidates.bggz_share,
        candidates.first_number_key,
        candidates.ggz_segment,
        sum(trajectory_lines.counted_cents) as cost_cents
    from candidates
    inner join trajectory_lines
        on
            candidates.first_number_key = trajectory_lines.first_number_key
            and trajectory_lines.period_from >= candidates.starts_on
            and trajectory_lines.period_from < candidates.ends_until
    group by all

),

-- sums of whole cents, and deviations in one order, do not depend on the order of the rows
measured as (

    select
        period_id,
        municipality_code,
        programme,
        scenario,
        months,
        bggz_share,
        count(*) filter (where ggz_segment = 'BGGZ') as bggz_trajectories,
        count(*) filter (where ggz_segment = 'SGGZ') as sggz_trajectories,
        cast(sum(cost_cents) filter (where ggz_segment = 'BGGZ') as double)
        / nullif(100 * count(*) filter (where ggz_segment = 'BGGZ'), 0) as bggz_mean,
        cast(sum(cost_cents) filter (where ggz_segment = 'SGGZ') as double)
        / nullif(100 * count(*) filter (where ggz_segment = 'SGGZ'), 0) as sggz_mean,
        cast(sum(cost_cents) as double) / (100 * count(*)) as plain_mean,
        quantile_cont(cast(cost_cents as double) / 100, 0.25) as price_p25,
        quantile_cont(cast(cost_cents as double) / 100, 0.5) as price_median,
        quantile_cont(cast(cost_cents as double) / 100, 0.75) as price_p75,
        stddev_samp(cast(cost_cents as double) / 100 order by cost_cents) as price_sd
    from costs
    group by all

)

-- Without an assumed share the measured mix is the weight. A segment that weighs but has no trajectory gives no price.
select
    period_id,
    municipality_code,
    programme,
    scenario,
    months,
    case
        when bggz_share is null then plain_mean
        when bggz_share = 1 then bggz_mean
        when bggz_share = 0 then sggz_mean
        else bggz_share * bggz_mean + (1 - bggz_share) * sggz_mean
    end as measured_price,
    bggz_mean,
    sggz_mean,
    price_p25,
    price_median,
    price_p75,
    price_sd,
    bggz_trajectories,
    sggz_trajectories
from measured
