{{ config(materialized='view') }}

with

line_against_allocation as (

    select * from {{ ref('int_findings__line_against_allocation') }}

),

volume_and_tariff as (

    select * from {{ ref('int_findings__volume_and_tariff') }}

),

line_references as (

    select * from {{ ref('int_findings__references') }}

),

credits as (

    select * from {{ ref('int_findings__credits') }}

),

answers as (

    select * from {{ ref('int_findings__answers') }}

),

allocations as (

    select * from {{ ref('int_findings__allocations') }}

),

registrations as (

    select * from {{ ref('int_findings__registrations') }}

),

while_reading as (

    select * from {{ ref('stg_lake__findings') }}

),

deliveries as (

    select * from {{ ref('int_deliveries__accepted') }}

)

select
    finding,
    municipality_code,
    reference,
    cents,
    delivery_order,
    row_number
from line_against_allocation

union all

select
    finding,
    municipality_code,
    reference,
    cents,
    delivery_order,
    row_number
from volume_and_tariff

union all

select
    finding,
    municipality_code,
    reference,
    cents,
    delivery_order,
    row_number
from line_references

union all

select
    finding,
    municipality_code,
    reference,
    cents,
    delivery_order,
    row_number
from credits

union all

select
    finding,
    municipality_code,
    reference,
    cents,
    delivery_order,
    row_number
from answers

union all

select
    finding,
    municipality_code,
    reference,
    cents,
    delivery_order,
    row_number
from allocations

union all

select
    registrations.finding,
    registrations.municipality_code,
    registrations.reference,
    registrations.cents,
    deliveries.delivery_order,
    registrations.row_number
from registrations
inner join deliveries
    on registrations.file_sha256 = deliveries.file_sha256

union all

select
    while_reading.finding,
    while_reading.municipality_code,
    while_reading.reference,
    while_reading.cents,
    deliveries.delivery_order,
    while_reading.row_number
from while_reading
inner join deliveries
    on while_reading.file_sha256 = deliveries.file_sha256
