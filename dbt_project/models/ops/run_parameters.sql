select
    'as_of' as parameter,
    {% if var('as_of') is none %}cast(null as varchar){% else %}'{{ var("as_of") }}'{% endif %} as value,
    'reporting date: only what was known on it counts; empty: everything' as meaning

union all

select
    'max_gap_days' as parameter,
    '{{ var("max_gap_days") | int }}' as value,
    'longest gap inside a trajectory, in free days' as meaning
