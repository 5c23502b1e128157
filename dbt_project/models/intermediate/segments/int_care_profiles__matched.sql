with

numbers as (

    select * from {{ ref('int_segments__first') }}

),

mappings as (

    select * from {{ ref('stg_reference__zorgprofielen') }}

),

municipalities as (

    select * from {{ ref('int_municipalities__merged') }}

),

-- a row for a municipality that was merged is the successor's own
patterns as (

    select
        mappings.*,
        coalesce(municipalities.successor_code, mappings.municipality_code) as reads_as,
        rtrim(mappings.product_pattern, '*') as product_prefix,
        mappings.product_pattern not like '%*' as is_exact,
        mappings.municipality_code <> '*' as is_own
    from mappings
    left join municipalities
        on mappings.municipality_code = municipalities.municipality_code

),

products as (

    select distinct
        sent_municipality_code,
        municipality_code,
        product_code
    from numbers
    where product_code is not null

),

-- own municipality before all, then the longest code, then the newest; the last three only make it certain
candidates as (

    select
        products.sent_municipality_code,
        products.municipality_code,
        products.product_code,
        patterns.care_profile,
        patterns.domain,
        patterns.ggz_segment,
        patterns.product_pattern,
        patterns.valid_from,
        patterns.valid_until,
        row_number() over (
            partition by products.sent_municipality_code, products.municipality_code, products.product_code
            order by
                patterns.is_own desc,
                length(patterns.product_prefix) desc,
                patterns.is_exact desc,
                patterns.valid_from desc nulls last,
                patterns.municipality_code = products.sent_municipality_code desc,
                patterns.care_profile,
                patterns.domain
        ) as preference
    from products
    inner join patterns
        on
            patterns.reads_as in ('*', products.municipality_code)
            and starts_with(products.product_code, patterns.product_prefix)
            and (not patterns.is_exact or products.product_code = patterns.product_pattern)

),

valid as (

    select
        numbers.number_key,
        min_by(candidates.care_profile, candidates.preference) as care_profile,
        min_by(candidates.domain, candidates.preference) as domain,
        min_by(candidates.ggz_segment, candidates.preference) as ggz_segment,
        min_by(candidates.product_pattern, candidates.preference) as product_pattern
    from numbers
    inner join candidates
        on
            numbers.sent_municipality_code = candidates.sent_municipality_code
            and numbers.municipality_code = candidates.municipality_code
            and numbers.product_code = candidates.product_code
            and (candidates.valid_from is null or candidates.valid_from <= numbers.begins_on)
            and (candidates.valid_until is null or candidates.valid_until > numbers.begins_on)
    group by numbers.number_key

)

select
    numbers.number_key,
    coalesce(valid.care_profile, 'overig') as care_profile,
    coalesce(valid.domain, 'overig') as domain,
    valid.ggz_segment,
    valid.product_pattern
from numbers
left join valid
    on numbers.number_key = valid.number_key
