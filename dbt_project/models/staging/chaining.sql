{{ config(materialized='table') }}

select cast({{ var('max_gap_days') | int }} as integer) as max_gap_days
