with

lines as (

    select * from {{ ref('int_lines__counted') }}

),

municipalities as (

    select * from {{ ref('int_municipalities__merged') }}

),

dated as (

    select * from {{ ref('int_development__dated') }}

),

-- a month may be declared until the end of the next one; months are numbered, so that they can be counted
newest as (

    select (year(developed_on) * 12 + month(developed_on)) - 2 as month_number
    from dated

),

-- whatever became of the line: a rejected declaration was delivered
months as (

    select
        coalesce(municipalities.successor_code, lines.municipality_code) as municipality_code,
        lines.provider_agb,
        {{ first_of_month('lines.period_from') }} as care_month,
        year(lines.period_from) * 12 + month(lines.period_from) as month_number,
        count(*) as lines,
        sum(lines.amount_cents) as cents
    from lines
    left join municipalities
        on lines.municipality_code = municipalities.municipality_code
    where not lines.is_credit
    group by
        coalesce(municipalities.successor_code, lines.municipality_code),
        lines.provider_agb,
        {{ first_of_month('lines.period_from') }},
        year(lines.period_from) * 12 + month(lines.period_from)

),

neighbours as (

    select
        *,
        lag(month_number, 2) over provider as second_month_before,
        lead(month_number) over provider as next_month_number,
        sum(lines) over last_three as lines_in_three,
        sum(cents) over last_three as cents_in_three
    from months
    window
        provider as (partition by municipality_code, provider_agb order by month_number),
        last_three as (
            partition by municipality_code, provider_agb
            order by month_number
            rows between 2 preceding and current row
        )

),

-- somebody who declared in each of three months in a row is expected to go on
regular as (

    select * from neighbours
    where second_month_before = month_number - 2

),

-- three months of silence are listed; after that the provider has stopped
steps as (

    select 1 as months_silent
    union all
    select 2 as months_silent
    union all
    select 3 as months_silent

),

silent as (

    select
        regular.*,
        steps.months_silent,
        {{ months_after('regular.care_month', 'steps.months_silent') }} as missing_month,
        newest.month_number - (regular.month_number + steps.months_silent) as months_ago
    from regular
    cross join steps
    cross join newest
    where
        regular.month_number + steps.months_silent <= newest.month_number
        and regular.month_number + steps.months_silent < coalesce(regular.next_month_number, 999999)

)

select
    municipality_code,
    provider_agb,
    missing_month as care_month,
    care_month as last_care_month,
    cast(months_silent as integer) as months_silent,
    cast(round(cast(lines_in_three as double) / 3) as integer) as usual_lines,
    {{ euros('round(cast(cents_in_three as double) / 3)') }} as usual_eur,
    next_month_number is null and months_ago < 3 as is_open
from silent
