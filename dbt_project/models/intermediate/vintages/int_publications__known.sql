with

publications as (

    select * from {{ ref('stg_reference__publicaties') }}

),

families as (

    select * from {{ ref('revision_causes') }}

),

facts as (

    select * from {{ ref('int_facts__dated') }}

),

ordered as (

    select
        publication,
        reported_on,
        lag(publication) over (order by reported_on, publication) as previous_publication
    from publications

)

-- two days between which nothing of a family became known show the same: the newest day with a fact names them both
select
    ordered.publication,
    ordered.previous_publication,
    ordered.reported_on,
    families.family,
    coalesce(max(facts.known_at), date '0001-01-01') as known_until
from ordered
cross join families
left join facts
    on
        families.family = facts.family
        and facts.known_at <= ordered.reported_on
group by ordered.publication, ordered.previous_publication, ordered.reported_on, families.family
