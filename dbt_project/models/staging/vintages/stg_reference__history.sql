with

files as (

    select * from {{ source('vintages_history', 'reference_history') }}

)

select distinct cast({{ file_stem('file') }} as date) as loaded_on
from files
