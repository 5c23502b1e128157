with

publications as (

    select * from {{ ref('int_vintages__planned') }}
    where is_publication

),

calculated as (

    select * from {{ ref('int_vintages__calculated') }}

)

select
    publications.publication,
    calculated.municipality_code,
    calculated.practice_id,
    calculated.year,
    calculated.domain,
    calculated.clients,
    calculated.active,
    calculated.started,
    calculated.new,
    calculated.extended,
    calculated.carried_over,
    calculated.converted,
    calculated.unknown,
    calculated.cost_eur,
    calculated.cost_started_eur,
    calculated.cost_carried_over_eur,
    publications.reported_on
from publications
inner join calculated
    on publications.scenario = calculated.scenario
