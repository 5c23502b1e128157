with counts as (

    select * from {{ ref('int_poh_counts__combined') }}

)

select
    period_id,
    municipality_code,
    scope_id as practice_id,
    dimension,
    category,
    clients,
    denominator
from counts
where scope_kind in ('practice', 'municipality')
