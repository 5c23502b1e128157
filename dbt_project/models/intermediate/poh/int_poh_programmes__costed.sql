with costs as (

    select * from {{ ref('stg_reference__programmakosten') }}

),

municipalities as (

    select * from {{ ref('int_municipalities__merged') }}

),

programme_periods as (

    select distinct
        programme,
        municipality_code,
        period_id,
        starts_on,
        ends_until
    from {{ ref('int_poh_programmes__priced') }}

),

-- A cost counts for the days of its row that lie inside the period.
shares as (

    select
        programme_periods.programme,
        programme_periods.municipality_code,
        programme_periods.period_id,
        case lower(trim(costs.cost_kind))
            when 'personeel' then 'staff'
            when 'huisvesting' then 'housing'
            else 'other'
        end as cost_kind,
        greatest(costs.starts_on, programme_periods.starts_on) as starts_on,
        least(costs.ends_until, programme_periods.ends_until) as ends_until,
        cast(costs.cost_eur as double) / {{ days_between('costs.starts_on', 'costs.ends_until') }} as cost_per_day
    from programme_periods
    inner join costs
        on
            programme_periods.programme = costs.programme
            and costs.starts_on < programme_periods.ends_until
            and costs.ends_until > programme_periods.starts_on
    left join municipalities
        on costs.municipality_code = municipalities.municipality_code
    where programme_periods.municipality_code = coalesce(municipalities.successor_code, costs.municipality_code)

),

summed as (

    select
        programme,
        municipality_code,
        period_id,
        sum(
            case when cost_kind = 'staff' then cost_per_day * {{ days_between('starts_on', 'ends_until') }} else 0 end
        ) as staff_eur,
        sum(
            case when cost_kind = 'housing' then cost_per_day * {{ days_between('starts_on', 'ends_until') }} else 0 end
        ) as housing_eur,
        sum(
            case when cost_kind = 'other' then cost_per_day * {{ days_between('starts_on', 'ends_until') }} else 0 end
        ) as other_eur
    from shares
    group by programme, municipality_code, period_id

),

-- Calendar months, numbered from year 0, in which a housing row runs: two buildings in one month are one month.
housing_months as (

    select
        programme,
        municipality_code,
        period_id,
        {{ integer_series(month_number('starts_on'), month_number(day_before('ends_until'))) }} as month_number
    from shares
    where cost_kind = 'housing'

),

housing_months_counted as (

    select
        programme,
        municipality_code,
        period_id,
        count(distinct month_number) as housing_months
    from housing_months
    group by programme, municipality_code, period_id

)

select
    summed.programme,
    summed.municipality_code,
    summed.period_id,
    cast(round(summed.staff_eur, 2) as decimal(18, 2)) as staff_eur,
    cast(round(summed.housing_eur, 2) as decimal(18, 2)) as housing_eur,
    cast(round(summed.other_eur, 2) as decimal(18, 2)) as other_eur,
    cast(coalesce(housing_months_counted.housing_months, 0) as integer) as housing_months
from summed
left join housing_months_counted
    on
        summed.programme = housing_months_counted.programme
        and summed.municipality_code = housing_months_counted.municipality_code
        and summed.period_id = housing_months_counted.period_id
