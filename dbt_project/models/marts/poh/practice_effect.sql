with

effects as (

    select * from {{ ref('int_practice_effects__estimated') }}

)

select
    region,
    municipality_code,
    practice_id,
    outcome,
    comparison,
    cast(years_from_start as integer) as years_from_start,
    verdict,
    change_share,
    change_low,
    change_high,
    p_value,
    p_permutation,
    p_trend_before,
    cast(practices_with as bigint) as practices_with,
    cast(practices_without as bigint) as practices_without,
    cast(round(amount_before, 2) as decimal(18, 2)) as amount_before,
    cast(round(amount_after, 2) as decimal(18, 2)) as amount_after,
    cast(quarters_before as integer) as quarters_before,
    cast(quarters_after as integer) as quarters_after,
    sentence,
    sentence_nl
from effects
