{# The measures of practice_years in one column: their names, and the value of the one that a row names. #}
{% macro practice_year_measures() -%}
    {{ return([
        'clients', 'active', 'started', 'new', 'extended', 'carried_over', 'converted', 'unknown',
        'cost_eur', 'cost_started_eur', 'cost_carried_over_eur',
    ]) }}
{%- endmacro %}

{% macro practice_year_measure_names() -%}
    select measure from (
        values {% for name in practice_year_measures() %}('{{ name }}'){{ ', ' if not loop.last }}{% endfor %}
    ) as named (measure)
{%- endmacro %}

{% macro practice_year_value(relation, measure) -%}
    cast(case {{ measure }}
        {%- for name in practice_year_measures() %}
        when '{{ name }}' then {{ relation }}.{{ name }}
        {%- endfor %}
    end as decimal(18, 2))
{%- endmacro %}
