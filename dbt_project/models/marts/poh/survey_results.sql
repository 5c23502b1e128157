with answers as (

    select * from {{ ref('int_survey_answers__current') }}

),

periods as (

    select * from {{ ref('int_reporting_periods__listed') }}
    where subject = 'survey'

),

scoped as (

    select
        municipality_code,
        practice_id,
        audience,
        question,
        answered_on,
        score,
        scale_max
    from answers
    union all
    select
        municipality_code,
        'all' as practice_id,
        audience,
        question,
        answered_on,
        score,
        scale_max
    from answers

),

-- Two scales are never averaged, so the scale is part of the group.
summed as (

    select
        periods.period_id,
        scoped.municipality_code,
        scoped.practice_id,
        scoped.audience,
        scoped.question,
        scoped.scale_max,
        count(*) as responses,
        sum(scoped.score) as total_score
    from scoped
    inner join periods
        on
            scoped.answered_on >= periods.starts_on
            and scoped.answered_on < periods.ends_until
    group by
        periods.period_id,
        scoped.municipality_code,
        scoped.practice_id,
        scoped.audience,
        scoped.question,
        scoped.scale_max

)

select
    period_id,
    municipality_code,
    practice_id,
    audience,
    question,
    responses,
    case
        when responses >= {{ var('survey_minimum_responses') }}
            then cast(total_score as double) / responses
    end as mean_score,
    cast(scale_max as double) as scale_max
from summed
