with periods as (

    select
        period_id,
        max(starts_on) as starts_on,
        max(ends_until) as ends_until,
        max(months) as months
    from {{ ref('int_reporting_periods__listed') }}
    where subject in ('poh', 'cost')
    group by period_id

),

costs as (

    select * from {{ ref('stg_reference__programmakosten') }}

),

targets as (

    select * from {{ ref('stg_reference__doelen') }}

),

prices as (

    select * from {{ ref('stg_reference__trajectprijzen') }}

),

programmes as (

    select * from {{ ref('int_poh_programmes__practices') }}

),

municipalities as (

    select * from {{ ref('int_municipalities__merged') }}

),

payers as (

    select
        programme,
        municipality_code
    from costs
    union
    select
        programme,
        municipality_code
    from targets

),

programme_municipalities as (

    select
        payers.programme,
        coalesce(municipalities.successor_code, payers.municipality_code) as municipality_code
    from payers
    left join municipalities
        on payers.municipality_code = municipalities.municipality_code
    union
    select
        programme,
        municipality_code
    from programmes

),

programme_periods as (

    select
        programme_municipalities.programme,
        programme_municipalities.municipality_code,
        periods.period_id,
        periods.starts_on,
        periods.ends_until,
        periods.months
    from programme_municipalities
    cross join periods

),

-- "As the letter calculates" is called base; a period without a price has its costs and target under that name.
scenarios as (

    select
        programme_periods.programme,
        programme_periods.municipality_code,
        programme_periods.period_id,
        programme_periods.starts_on,
        programme_periods.ends_until,
        programme_periods.months,
        coalesce(prices.scenario, 'base') as scenario,
        prices.price_eur as price_per_trajectory,
        prices.bggz_share
    from programme_periods
    left join prices
        on
            programme_periods.programme = prices.programme
            and programme_periods.period_id = prices.period_id

)

select
    programme,
    municipality_code,
    period_id,
    starts_on,
    ends_until,
    months,
    scenario,
    'as_calculated' as variant,
    price_per_trajectory,
    bggz_share
from scenarios
union all
select
    programme,
    municipality_code,
    period_id,
    starts_on,
    ends_until,
    months,
    scenario || '_hard_only' as scenario,
    'hard_only' as variant,
    price_per_trajectory,
    bggz_share
from scenarios
where price_per_trajectory is not null
union all
select
    programme,
    municipality_code,
    period_id,
    starts_on,
    ends_until,
    months,
    scenario || '_housing_months_paid' as scenario,
    'housing_months_paid' as variant,
    price_per_trajectory,
    bggz_share
from scenarios
where price_per_trajectory is not null
