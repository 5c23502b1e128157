with

validated as (

    select * from {{ ref('int_data_quality__validated') }}

),

refused as (

    select * from {{ ref('int_data_quality__refused') }}

),

found as (

    select * from {{ ref('int_data_quality__found') }}

),

analysed as (

    select * from {{ ref('int_data_quality__analysed') }}

),

united as (

    select * from validated

    union all by name

    select * from refused

    union all by name

    select * from found

    union all by name

    select * from analysed

)

select
    level,
    source,
    rule,
    field,
    standard,
    coalesce(municipality_code, 'unknown') as municipality_code,
    month,
    unit,
    cast(rows_tested as bigint) as rows_tested,
    cast(rows_failing as bigint) as rows_failing,
    cast(cents_concerned as bigint) as cents_concerned
from united
where rows_tested > 0
