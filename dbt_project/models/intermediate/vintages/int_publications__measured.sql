with

figures as (

    select * from {{ ref('practice_years_as_of') }}

),

measures as (

    {{ practice_year_measure_names() }}

)

select
    figures.publication,
    figures.municipality_code,
    figures.practice_id,
    figures.year,
    figures.domain,
    measures.measure,
    {{ practice_year_value('figures', 'measures.measure') }} as value
from figures
cross join measures
