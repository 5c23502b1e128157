with counts as (

    select * from {{ ref('int_poh_counts__combined') }}
    where scope_kind = 'programme'

)

-- poh.md section 7. Without any outcome delivered nothing is known to be avoided, which is not 0: no row.
select
    period_id,
    municipality_code,
    scope_id as programme,
    cast(
        sum(
            case when dimension = 'completed_without_referral' and category = 'of_completed' then clients else 0 end
        ) as bigint
    ) as completed_without_referral,
    cast(
        sum(
            case
                when dimension = 'outcome_clarification_group' and category = 'referred_local_support' then clients
                when dimension = 'outcome_treatment_group' and category = 'referred_local_support' then clients
                else 0
            end
        ) as bigint
    ) as local_support
from counts
where dimension in ('completed_without_referral', 'outcome_clarification_group', 'outcome_treatment_group')
group by period_id, municipality_code, scope_id
