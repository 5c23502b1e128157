with

chaining as (

    select * from {{ ref('chaining') }}

),

gaps as (

    select max_gap_days
    from (values (0), (31), (92)) as shown (max_gap_days)

    union

    select max_gap_days from chaining

)

select
    cast(gaps.max_gap_days as integer) as max_gap_days,
    gaps.max_gap_days = chaining.max_gap_days as is_standard
from gaps
cross join chaining
