with scenarios as (

    select * from {{ ref('int_poh_programmes__priced') }}

),

avoided as (

    select * from {{ ref('int_poh_programmes__avoided') }}

),

costs as (

    select * from {{ ref('int_poh_programmes__costed') }}

),

targets as (

    select
        targets.programme,
        coalesce(municipalities.successor_code, targets.municipality_code) as municipality_code,
        sum(targets.target_eur) as target_eur
    from {{ ref('stg_reference__doelen') }} as targets
    left join {{ ref('int_municipalities__merged') }} as municipalities
        on targets.municipality_code = municipalities.municipality_code
    group by 1, 2

),

combined as (

    select
        scenarios.period_id,
        scenarios.municipality_code,
        scenarios.programme,
        scenarios.scenario,
        scenarios.variant,
        scenarios.months,
        cast(scenarios.price_per_trajectory as double) as price,
        scenarios.bggz_share,
        -- poh.md section 7: a period without a price has costs and target only.
        case
            when scenarios.price_per_trajectory is null then null
            when scenarios.variant = 'hard_only' then avoided.completed_without_referral
            else avoided.completed_without_referral + avoided.local_support
        end as avoided_trajectories,
        cast(costs.staff_eur as double) as staff,
        cast(costs.housing_eur as double) as housing,
        cast(costs.other_eur as double) as other,
        cast(costs.staff_eur + costs.housing_eur + costs.other_eur as double) as costs,
        12.0 / nullif(scenarios.months, 0) as years_factor,
        12.0 / nullif(
            case when scenarios.variant = 'housing_months_paid' and costs.housing_months > 0
                then costs.housing_months
            else scenarios.months end,
            0
        ) as housing_years_factor,
        cast(targets.target_eur as double) as target
    from scenarios
    left join avoided
        on
            scenarios.period_id = avoided.period_id
            and scenarios.municipality_code = avoided.municipality_code
            and scenarios.programme = avoided.programme
    left join costs
        on
            scenarios.period_id = costs.period_id
            and scenarios.municipality_code = costs.municipality_code
            and scenarios.programme = costs.programme
    left join targets
        on
            scenarios.municipality_code = targets.municipality_code
            and scenarios.programme = targets.programme

),

annualised as (

    select
        *,
        avoided_trajectories * price as benefit,
        avoided_trajectories * price * years_factor as benefit_annualised,
        staff * years_factor as staff_annualised,
        housing * housing_years_factor as housing_annualised,
        other * years_factor as other_annualised
    from combined

)

select
    period_id,
    municipality_code,
    programme,
    scenario,
    variant,
    months,
    months <> 12 as is_extrapolated,
    price,
    bggz_share,
    avoided_trajectories,
    benefit,
    staff,
    housing,
    other,
    benefit - costs as net_saving,
    benefit_annualised,
    staff_annualised,
    housing_annualised,
    other_annualised,
    benefit_annualised - staff_annualised - housing_annualised - other_annualised as net_saving_annualised,
    target,
    costs / nullif(avoided_trajectories, 0) as break_even_price,
    cast(ceil(costs / nullif(price, 0)) as bigint) as break_even_trajectories
from annualised
-- A programme has nothing to say about a period in which it neither cost anything nor has a price.
where price is not null or costs is not null
