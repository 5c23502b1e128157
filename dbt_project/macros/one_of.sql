{# A text that is one of few. DuckDB keeps a number for it: a text costs more to write than all numbers of a row together. #}
{% macro one_of(column, values) -%}
    {{ return(adapter.dispatch('one_of', 'jeugdspiegel')(column, values)) }}
{%- endmacro %}

{% macro default__one_of(column, values) -%}
    {{ column }}
{%- endmacro %}

{% macro duckdb__one_of(column, values) -%}
    cast({{ column }} as enum ('{{ values | join("', '") }}'))
{%- endmacro %}
