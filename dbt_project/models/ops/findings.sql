with

findings as (

    select * from {{ ref('int_findings__united') }}

),

deliveries as (

    select * from {{ ref('int_deliveries__accepted') }}

),

municipalities as (

    select * from {{ ref('int_municipalities__merged') }}

),

finding_rules as (

    select * from {{ ref('finding_rules') }}

)

select
    findings.finding,
    finding_rules.rule,
    coalesce(municipalities.successor_code, findings.municipality_code) as municipality_code,
    findings.reference,
    cast(findings.cents as bigint) as cents,
    deliveries.file_sha256,
    findings.row_number,
    deliveries.first_seen_at
from findings
left join deliveries
    on findings.delivery_order = deliveries.delivery_order
left join municipalities
    on findings.municipality_code = municipalities.municipality_code
left join finding_rules
    on findings.finding = finding_rules.finding
