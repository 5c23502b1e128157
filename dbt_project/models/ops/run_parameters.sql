select
    'as_of' as parameter,
    {% if var('as_of') is none %}cast(null as varchar){% else %}'{{ var("as_of") }}'{% endif %} as value,
    'reporting date: only what was known on it counts; empty: everything' as meaning,
    {% if var('as_of') is none %}'default'{% else %}'run'{% endif %} as source

union all

{{ run_parameter('max_gap_days', 'longest gap inside a trajectory, in free days') }}

union all

{{ run_parameter('survey_minimum_responses', 'fewest answers for which a survey mean is shown') }}

union all

{{
    run_parameter(
        'poh_add_back_days',
        'longest time from the end of a POH dossier to a trajectory that the municipality started, in days'
    )
}}

union all

{{
    run_parameter(
        'followup_minimum_clients',
        'fewest persons of a group for which poh_followup gives a cumulative incidence'
    )
}}

union all

{{ run_parameter('effect_confidence', 'of every interval of practice_effect and poh_followup') }}

union all

{{
    run_parameter(
        'effect_quarters_around',
        'practice_effect looks at most this many quarters before and after a start'
    )
}}

union all

{{ run_parameter('effect_minimum_quarters', 'fewest quarters before, and after, on which practice_effect may rest') }}

union all

{{
    run_parameter(
        'effect_minimum_practices',
        'fewest practices with a POH, and without, that practice_effect compares'
    )
}}

union all

{{
    run_parameter(
        'effect_minimum_trajectories',
        'fewest new trajectories at the practices with a POH, and at those without, that practice_effect compares'
    )
}}

union all

{{
    run_parameter(
        'effect_minimum_practice_trajectories',
        'fewest new trajectories for a verdict on one practice in practice_effect'
    )
}}

union all

{{ run_parameter('effect_permutations', 'how often practice_effect deals out the starts anew among the practices') }}

union all

{{ run_parameter('index_base_year', 'year in which the index of regional_comparison is 100') }}

union all

{{
    run_parameter(
        'keep_years',
        'years before the newest message that are kept; older months were taken away; empty: everything is kept'
    )
}}

union all

{{
    run_parameter(
        'provisional_below',
        'a year of which less than this share has normally been declared by now is provisional'
    )
}}

union all

{{
    run_parameter(
        'completeness_horizon_months',
        'development of declarations is followed this many months; older care is final'
    )
}}

union all

{{ run_parameter('completeness_minimum_months', 'fewest care months on which a development pattern may rest') }}

union all

select
    concat('coverage ', municipality_code) as parameter,
    cast(data_since as varchar) as value,
    'first day of the data of this municipality; comes before gegevens_vanaf' as meaning,
    'jeugdspiegel.toml' as source
from ({{ coverage_dates() }}) as coverage
