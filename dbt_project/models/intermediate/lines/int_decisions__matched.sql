with

decisions as (

    select * from {{ ref('stg_lake__decisions') }}

),

deliveries as (

    select * from {{ ref('int_deliveries__accepted') }}
    where kind in ('JW303', 'JW304', 'JW323', 'JW325')

),

ledger as (

    select * from {{ ref('stg_lake__ledger') }}
    where kind in ('JW303', 'JW323')

),

municipalities as (

    select * from {{ ref('int_municipalities__merged') }}

),

answers as (

    select
        decisions.*,
        deliveries.delivery_order,
        coalesce(municipalities.successor_code, decisions.municipality_code) as successor_code,
        case decisions.source when 'JW304' then 'JW303' else 'JW323' end as answered_kind
    from decisions
    inner join deliveries
        on decisions.file_sha256 = deliveries.file_sha256
    left join municipalities
        on decisions.municipality_code = municipalities.municipality_code

),

declarations as (

    select
        ledger.kind,
        ledger.sender_agb,
        ledger.identification,
        deliveries.delivery_order,
        coalesce(municipalities.successor_code, ledger.municipality_code) as successor_code
    from deliveries
    inner join ledger
        on
            deliveries.file_sha256 = ledger.file_sha256
            and deliveries.file_name = ledger.file_name
    left join municipalities
        on ledger.municipality_code = municipalities.municipality_code

),

-- JW303 has two message codes, so two declarations of one provider may share a number: the answer is to the first
first_declarations as (

    select
        kind,
        sender_agb,
        identification,
        successor_code,
        min(delivery_order) as delivery_order
    from declarations
    group by kind, sender_agb, identification, successor_code

)

-- IV087, OP286: a header alone, or nothing granted and nothing listed, means that the declaration was not taken at all.
-- Debits and credits that cancel out grant 0 as well: 8001 says that they were granted.
select
    answers.file_sha256,
    answers.delivery_order,
    answers.source,
    answers.known_at,
    answers.municipality_code,
    answers.provider_agb,
    answers.answered_identification,
    answers.declaration_number,
    answers.submitted_cents,
    answers.granted_cents,
    answers.listed_lines,
    answers.return_codes,
    first_declarations.delivery_order as declaration_order,
    coalesce(
        answers.listed_lines = 0
        and coalesce(answers.granted_cents, 0) = 0
        and not (
            coalesce(answers.submitted_cents = 0, false)
            and concat(' ', answers.return_codes, ' ') like '% 8001 %'
        ),
        false
    ) as rejects_all
from answers
left join first_declarations
    on
        answers.answered_kind = first_declarations.kind
        and answers.provider_agb = first_declarations.sender_agb
        and answers.answered_identification = first_declarations.identification
        and answers.successor_code = first_declarations.successor_code
