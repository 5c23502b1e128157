{{ config(materialized='view') }}

with

trajectories as (

    select * from {{ ref('int_trajectories') }}

),

chains as (

    select * from {{ ref('int_numbers__chained') }}

),

summed_lines as (

    select * from {{ ref('int_lines__attached') }}

),

extensions as (

    select * from {{ ref('int_segments__extended') }}

),

observed as (

    select * from {{ ref('int_municipalities__observed') }}

),

delivered as (

    select
        chains.first_number_key,
        summed_lines.care_year,
        sum(summed_lines.lines) as lines,
        sum(summed_lines.counted_cents) as counted_cents,
        sum(summed_lines.open_cents) as open_cents
    from summed_lines
    inner join chains
        on summed_lines.number_key = chains.number_key
    group by chains.first_number_key, summed_lines.care_year

),

begins as (

    select
        first_number_key,
        begins_on
    from chains

    union all

    select
        chains.first_number_key,
        extensions.begins_on
    from extensions
    inner join chains
        on extensions.number_key = chains.number_key

),

begun as (

    select
        first_number_key,
        year(begins_on) as begin_year,
        count(*) as segments_started
    from begins
    group by first_number_key, year(begins_on)

),

judged as (

    select
        trajectories.*,
        delivered.care_year,
        delivered.lines,
        delivered.counted_cents,
        delivered.open_cents,
        coalesce(begun.segments_started, 0) as segments_started,
        delivered.care_year = year(trajectories.begins_on) as is_first_year,
        coalesce(
            not trajectories.has_allocation
            and {{ first_of_month('trajectories.begins_on') }} = observed.first_month,
            false
        ) as is_unobserved,
        coalesce(trajectories.first_allocated_from = observed.converted_on, false) as begins_on_conversion
    from delivered
    inner join trajectories
        on delivered.first_number_key = trajectories.first_number_key
    left join begun
        on
            delivered.first_number_key = begun.first_number_key
            and delivered.care_year = begun.begin_year
    left join observed
        on trajectories.municipality_code = observed.municipality_code

)

select
    first_number_key,
    trajectory_id,
    municipality_code,
    client_key,
    provider_agb,
    care_profile,
    domain,
    begins_on,
    ends_until,
    care_year,
    lines,
    counted_cents,
    open_cents,
    segments_started,
    {{ trajectory_status('is_first_year', 'is_unobserved', '(has_conversion_reason or begins_on_conversion)', 'segments_started') }}
        as status,
    case
        when is_first_year and is_unobserved
            then 'it has no allocation, and its first line lies in the first month of the municipality''s data'
        when is_first_year and has_conversion_reason
            then 'its first allocation has change reason 10'
        when is_first_year and begins_on_conversion
            then 'its first allocation begins on the day of the municipality''s conversion'
        when is_first_year
            then 'its first segment begins in the year'
        when segments_started > 0
            then 'it began before the year, and a later segment begins in the year'
        else 'it began before the year, and no segment begins in the year'
    end as status_rule
from judged
