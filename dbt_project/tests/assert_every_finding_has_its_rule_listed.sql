-- what dbt finds is explained in the seed; findings made while reading bring their own names
{{ config(meta={'dagster': {'ref': {'name': 'findings'}}}) }}

select distinct findings.finding
from {{ ref('findings') }} as findings
left join {{ ref('finding_rules') }} as finding_rules
    on findings.finding = finding_rules.finding
left join {{ ref('stg_lake__findings') }} as while_reading
    on findings.finding = while_reading.finding
where finding_rules.finding is null and while_reading.finding is null
