with calculated as (

    select * from {{ ref('int_poh_benefits__calculated') }}

),

measured as (

    select * from {{ ref('int_poh_prices__measured') }}

),

measures as (

    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'price_per_trajectory' as measure,
        price as value_eur,
        cast(null as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from calculated
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'benefit' as measure,
        benefit as value_eur,
        cast(null as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from calculated
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'staff_cost' as measure,
        staff as value_eur,
        cast(null as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from calculated
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'housing_cost' as measure,
        housing as value_eur,
        cast(null as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from calculated
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'other_cost' as measure,
        other as value_eur,
        cast(null as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from calculated
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'net_saving' as measure,
        net_saving as value_eur,
        cast(null as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from calculated
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'benefit_annualised' as measure,
        benefit_annualised as value_eur,
        cast(null as bigint) as value_count,
        12 as months,
        is_extrapolated as is_extrapolated
    from calculated
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'staff_cost_annualised' as measure,
        staff_annualised as value_eur,
        cast(null as bigint) as value_count,
        12 as months,
        is_extrapolated as is_extrapolated
    from calculated
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'housing_cost_annualised' as measure,
        housing_annualised as value_eur,
        cast(null as bigint) as value_count,
        12 as months,
        is_extrapolated as is_extrapolated
    from calculated
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'other_cost_annualised' as measure,
        other_annualised as value_eur,
        cast(null as bigint) as value_count,
        12 as months,
        is_extrapolated as is_extrapolated
    from calculated
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'net_saving_annualised' as measure,
        net_saving_annualised as value_eur,
        cast(null as bigint) as value_count,
        12 as months,
        is_extrapolated as is_extrapolated
    from calculated
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'target' as measure,
        target as value_eur,
        cast(null as bigint) as value_count,
        12 as months,
        false as is_extrapolated
    from calculated
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'target_gap_annualised' as measure,
        round(net_saving_annualised, 2) - target as value_eur,
        cast(null as bigint) as value_count,
        12 as months,
        is_extrapolated as is_extrapolated
    from calculated
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'break_even_price' as measure,
        break_even_price as value_eur,
        cast(null as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from calculated
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'avoided_trajectories' as measure,
        cast(null as double) as value_eur,
        cast(avoided_trajectories as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from calculated
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'break_even_trajectories' as measure,
        cast(null as double) as value_eur,
        cast(break_even_trajectories as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from calculated
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'measured_price' as measure,
        measured_price as value_eur,
        cast(null as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from measured
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'measured_price_bggz' as measure,
        bggz_mean as value_eur,
        cast(null as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from measured
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'measured_price_sggz' as measure,
        sggz_mean as value_eur,
        cast(null as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from measured
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'measured_price_p25' as measure,
        price_p25 as value_eur,
        cast(null as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from measured
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'measured_price_median' as measure,
        price_median as value_eur,
        cast(null as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from measured
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'measured_price_p75' as measure,
        price_p75 as value_eur,
        cast(null as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from measured
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'measured_price_sd' as measure,
        price_sd as value_eur,
        cast(null as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from measured
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'measured_trajectories_bggz' as measure,
        cast(null as double) as value_eur,
        cast(bggz_trajectories as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from measured
    union all
    select
        period_id,
        municipality_code,
        programme,
        scenario,
        'measured_trajectories_sggz' as measure,
        cast(null as double) as value_eur,
        cast(sggz_trajectories as bigint) as value_count,
        months as months,
        false as is_extrapolated
    from measured

)

select
    period_id,
    municipality_code,
    programme,
    scenario,
    measure,
    cast(round(value_eur, 2) as decimal(18, 2)) as value_eur,
    value_count,
    cast(months as integer) as months,
    is_extrapolated
from measures
where value_eur is not null or value_count is not null
