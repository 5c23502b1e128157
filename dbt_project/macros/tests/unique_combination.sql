{# The columns together name at most one row. Nulls count as a value. #}
{% test unique_combination(model, columns) %}
select {{ columns | join(', ') }}, count(*) as found
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
