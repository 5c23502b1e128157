select
    'as_of' as parameter,
    {% if var('as_of') is none %}cast(null as varchar){% else %}'{{ var("as_of") }}'{% endif %} as value,
    'reporting date: only what was known on it counts; empty: everything' as meaning

union all

select
    'max_gap_days' as parameter,
    '{{ var("max_gap_days") | int }}' as value,
    'longest gap inside a trajectory, in free days' as meaning

union all

select
    'survey_minimum_responses' as parameter,
    '{{ var("survey_minimum_responses") | int }}' as value,
    'fewest answers for which a survey mean is shown' as meaning

union all

select
    'poh_add_back_days' as parameter,
    '{{ var("poh_add_back_days") | int }}' as value,
    'longest time from the end of a POH dossier to a trajectory that the municipality started, in days' as meaning

union all

select
    'index_base_year' as parameter,
    '{{ var("index_base_year") | int }}' as value,
    'year in which the index of regional_comparison is 100' as meaning
