with

expected as (

    select * from {{ ref('int_completeness__expected') }}

),

by_month as (

    select
        municipality_code,
        care_month,
        sum(declared_cents) as declared_cents,
        case when count(*) = count(expected_cents) then sum(expected_cents) end as expected_cents
    from expected
    group by municipality_code, care_month

)

-- A month of which nothing normal is known counts as declared: an export that came at once has no delays to learn from.
select
    municipality_code,
    {{ first_of_next_month('max(care_month)') }} as observed_until
from by_month
where
    declared_cents <> 0
    and (expected_cents is null or declared_cents >= expected_cents * {{ var('provisional_below') }})
group by municipality_code
