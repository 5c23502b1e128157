with

summed_lines as (

    select * from {{ ref('int_lines__summed') }}

),

care_events as (

    select * from {{ ref('stg_lake__care_events') }}

),

allocations as (

    select * from {{ ref('int_allocations__current') }}
    where not is_withdrawn

),

predecessors as (

    select * from {{ ref('int_municipalities__predecessors') }}

),

numbers as (

    select
        municipality_code,
        allocation_number,
        client_key
    from summed_lines
    where allocation_number is not null

    union

    select
        municipality_code,
        allocation_number,
        client_key
    from care_events
    where allocation_number is not null

),

codes as (

    select distinct municipality_code
    from numbers

),

-- a number is looked up under the code it was sent under, then under those that merged into it, the nearest first
searched as (

    select
        municipality_code,
        municipality_code as searched_code,
        0 as distance
    from codes

    union all

    select
        municipality_code,
        predecessor_code as searched_code,
        distance
    from predecessors

),

hits as (

    select
        numbers.municipality_code,
        numbers.allocation_number,
        numbers.client_key,
        allocations.number_key,
        row_number() over (
            partition by numbers.municipality_code, numbers.allocation_number, numbers.client_key
            order by searched.distance, searched.searched_code
        ) as position
    from numbers
    inner join searched
        on numbers.municipality_code = searched.municipality_code
    inner join allocations
        on
            searched.searched_code = allocations.municipality_code
            and numbers.allocation_number = allocations.allocation_number
            and numbers.client_key = allocations.client_key

)

select
    municipality_code,
    allocation_number,
    client_key,
    number_key
from hits
where position = 1
