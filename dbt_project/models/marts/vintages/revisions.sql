with

revisions as (

    select * from {{ ref('int_revisions__decomposed') }}

),

figures as (

    select * from {{ ref('int_publications__measured') }}

)

select
    revisions.publication,
    revisions.previous_publication,
    revisions.municipality_code,
    revisions.practice_id,
    revisions.year,
    revisions.domain,
    revisions.measure,
    revisions.cause,
    cast(coalesce(before.value, 0) as decimal(18, 2)) as previous_value,
    cast(coalesce(after.value, 0) as decimal(18, 2)) as value,
    cast(coalesce(after.value, 0) - coalesce(before.value, 0) as decimal(18, 2)) as difference,
    cast(revisions.change as decimal(18, 2)) as change
from revisions
left join figures as before
    on
        revisions.previous_publication = before.publication
        and revisions.municipality_code = before.municipality_code
        and revisions.practice_id = before.practice_id
        and revisions.year = before.year
        and revisions.domain = before.domain
        and revisions.measure = before.measure
left join figures as after
    on
        revisions.publication = after.publication
        and revisions.municipality_code = after.municipality_code
        and revisions.practice_id = after.practice_id
        and revisions.year = after.year
        and revisions.domain = after.domain
        and revisions.measure = after.measure
