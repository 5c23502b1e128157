with

decisions as (

    select * from {{ ref('int_decisions__matched') }}
    where declaration_sha256 is not null

)

select
    declaration_sha256,
    count(*) as answers,
    bool_or(rejects_all) as is_rejected_whole,
    min_by(file_sha256, delivery_order) as answer_sha256
from decisions
group by declaration_sha256
