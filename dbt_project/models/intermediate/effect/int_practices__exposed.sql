with

practices as (

    select * from {{ ref('stg_reference__praktijken') }}

),

participation as (

    select * from {{ ref('stg_reference__deelname') }}

),

merged as (

    select * from {{ ref('int_municipalities__merged') }}

),

municipalities as (

    select * from {{ ref('stg_reference__gemeenten') }}

),

observed as (

    select * from {{ ref('int_municipalities__observed') }}

),

followed as (

    select * from {{ ref('int_municipalities__followed') }}

),

-- A practice of a municipality that never delivered says nothing.
located as (

    select
        practices.practice_id,
        observed.municipality_code,
        coalesce(municipalities.region, 'unknown') as region,
        observed.first_month,
        followed.observed_until
    from practices
    left join merged
        on practices.municipality_code = merged.municipality_code
    inner join observed
        on coalesce(merged.successor_code, practices.municipality_code) = observed.municipality_code
    inner join followed
        on observed.municipality_code = followed.municipality_code
    left join municipalities
        on observed.municipality_code = municipalities.municipality_code

),

-- Whole quarters that all municipalities of the region delivered, or a quarter would compare places and not practices.
windows as (

    select
        region,
        max(({{ month_number('first_month') }} + 2) // 3) as first_quarter,
        min({{ month_number('observed_until') }} // 3 - 1) as last_quarter
    from located
    group by region

),

-- Several programmes, or a break in one: from the first start to the last end.
starts as (

    select
        practice_id,
        min(starts_on) as starts_on,
        case when count(*) = count(ends_until) then max(ends_until) end as ends_until
    from participation
    group by practice_id

)

select
    located.region,
    located.municipality_code,
    located.practice_id,
    cast(windows.first_quarter as integer) as first_quarter,
    cast(windows.last_quarter as integer) as last_quarter,
    {{ quarter_number('starts.starts_on') }} as before_until,
    {{ quarter_number(day_before('starts.starts_on')) }} + 1 as after_from,
    {{ quarter_number('starts.ends_until') }} as after_until
from located
inner join windows
    on located.region = windows.region
left join starts
    on located.practice_id = starts.practice_id
