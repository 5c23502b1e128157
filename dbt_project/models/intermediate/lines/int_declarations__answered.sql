with

decisions as (

    select * from {{ ref('int_decisions__matched') }}
    where declaration_order is not null

)

select
    declaration_order,
    count(*) as answers,
    bool_or(rejects_all) as is_rejected_whole,
    min(delivery_order) as answer_order
from decisions
group by declaration_order
