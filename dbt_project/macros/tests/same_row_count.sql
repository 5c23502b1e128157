{# The model has as many rows as another one: nothing is lost or doubled on the way. #}
{% test same_row_count(model, compare_model) %}
with ours as (select count(*) as n from {{ model }}),

theirs as (select count(*) as n from {{ compare_model }})

select ours.n as rows_here, theirs.n as rows_there
from ours
cross join theirs
where ours.n <> theirs.n
{% endtest %}
