{# One parameter of the run: its value, what it does, and whether jeugdspiegel.toml sets it. #}
{% macro run_parameter(name, meaning) -%}
    select
        '{{ name }}' as parameter,
        {% if var(name) is none %}cast(null as varchar){% else %}'{{ var(name) }}'{% endif %} as value,
        '{{ meaning }}' as meaning,
        '{{ "jeugdspiegel.toml" if name in var("set_in_file") else "default" }}' as source
{%- endmacro %}

{# First day of a municipality's data, where jeugdspiegel.toml names it: (municipality_code, data_since). #}
{% macro coverage_dates() -%}
    {%- for code, day in var('coverage').items() -%}
    select '{{ code }}' as municipality_code, cast('{{ day }}' as date) as data_since
    {{ 'union all' if not loop.last }}
    {% else -%}
    select cast(null as varchar) as municipality_code, cast(null as date) as data_since
    where false
    {%- endfor -%}
{%- endmacro %}
