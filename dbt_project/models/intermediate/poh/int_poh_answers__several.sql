with registrations as (

    select * from {{ ref('int_poh_registrations__in_periods') }}

),

categories as (

    select * from {{ ref('poh_categories') }}

),

answers as (

    select
        registrations.period_id,
        registrations.registration_id,
        categories.dimension,
        categories.category,
        registrations.support_offered is not null as is_filled
    from registrations
    inner join categories
        on
            categories.dimension = 'support_offered'
            and {{ listed_in("coalesce(registrations.support_offered, 'unknown')", 'categories.category') }}
    where registrations.is_referred
    union all
    select
        registrations.period_id,
        registrations.registration_id,
        categories.dimension,
        categories.category,
        registrations.activities is not null as is_filled
    from registrations
    inner join categories
        on
            categories.dimension = 'activity'
            and {{ listed_in("coalesce(registrations.activities, 'unknown')", 'categories.category') }}
    where registrations.is_seen

)

select
    period_id,
    registration_id,
    dimension,
    category,
    is_filled
from answers
