{{ config(materialized='view') }}

with

chains as (

    select * from {{ ref('int_numbers__chained') }}

),

numbers as (

    select * from {{ ref('int_segments__first') }}

),

trajectories as (

    select * from {{ ref('int_trajectories') }}

)

select
    trajectories.trajectory_id,
    chains.number_key,
    concat_ws(
        ' ',
        case when numbers.is_allocated then 'allocation' else 'declarations' end,
        numbers.sent_municipality_code,
        coalesce(cast(numbers.allocation_number as varchar), concat('product ', numbers.product_code))
    ) as number_name,
    chains.position,
    chains.gap_days,
    numbers.begins_on,
    numbers.ends_until
from chains
inner join numbers
    on chains.number_key = numbers.number_key
inner join trajectories
    on chains.first_number_key = trajectories.first_number_key
