with single_answers as (

    select * from {{ ref('int_poh_counts__single') }}

),

several_answers as (

    select * from {{ ref('int_poh_counts__several') }}

),

flows as (

    select * from {{ ref('int_poh_counts__flows') }}

)

select
    period_id,
    municipality_code,
    scope_kind,
    scope_id,
    dimension,
    category,
    clients,
    denominator
from single_answers
union all
select
    period_id,
    municipality_code,
    scope_kind,
    scope_id,
    dimension,
    category,
    clients,
    denominator
from several_answers
union all
select
    period_id,
    municipality_code,
    scope_kind,
    scope_id,
    dimension,
    category,
    clients,
    denominator
from flows
