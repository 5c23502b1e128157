-- every figure that differs between two publications is explained, to the cent, and no other is
{{ config(meta={'dagster': {'ref': {'name': 'revisions'}}}) }}

with

figures as (

    select * from {{ ref('int_publications__measured') }}

),

revisions as (

    select * from {{ ref('revisions') }}

),

pairs as (

    select distinct
        publication,
        previous_publication
    from {{ ref('int_vintages__planned') }}
    where previous_publication is not null

),

sides as (

    select
        pairs.publication,
        figures.municipality_code,
        figures.practice_id,
        figures.year,
        figures.domain,
        figures.measure,
        figures.value
    from pairs
    inner join figures
        on pairs.publication = figures.publication

    union all

    select
        pairs.publication,
        figures.municipality_code,
        figures.practice_id,
        figures.year,
        figures.domain,
        figures.measure,
        -figures.value as value
    from pairs
    inner join figures
        on pairs.previous_publication = figures.publication

    union all

    select
        publication,
        municipality_code,
        practice_id,
        year,
        domain,
        measure,
        -change as value
    from revisions

)

select
    publication,
    municipality_code,
    practice_id,
    year,
    domain,
    measure,
    sum(value) as unexplained
from sides
group by publication, municipality_code, practice_id, year, domain, measure
having sum(value) <> 0
