{{ config(materialized='view') }}

with

deliveries as (

    select * from {{ ref('int_deliveries__resolved') }}

)

select
    file_sha256,
    file_name,
    kind,
    message_date,
    first_seen_at,
    delivery_order
from deliveries
where resolution = 'accepted'
