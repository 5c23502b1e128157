{# Every row satisfies the condition; a condition that is null fails too. #}
{% test row_condition(model, condition) %}
select 1 as broken
from {{ model }}
where not coalesce({{ condition }}, false)
{% endtest %}
