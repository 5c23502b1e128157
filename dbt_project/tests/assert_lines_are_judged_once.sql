-- every accepted line is judged exactly once: joins with answers, repeats and credits neither drop nor double one
{{ config(meta={'dagster': {'ref': {'name': 'int_lines__counted'}}}) }}

with

accepted as (

    select
        count(*) as lines,
        coalesce(sum(amount_cents), 0) as cents
    from {{ ref('int_declaration_lines__accepted') }}

),

judged as (

    select
        count(*) as lines,
        coalesce(sum(amount_cents), 0) as cents
    from {{ ref('int_lines__counted') }}

)

select
    accepted.lines,
    judged.lines as judged_lines,
    accepted.cents,
    judged.cents as judged_cents
from accepted
cross join judged
where accepted.lines <> judged.lines or accepted.cents <> judged.cents
