{#- One row per integer between two bounds (both included), as a select list item; none where a bound is null. -#}
{% macro integer_series(first, last) -%}
    {{ return(adapter.dispatch('integer_series', 'jeugdspiegel')(first, last)) }}
{%- endmacro %}

{% macro default__integer_series(first, last) -%}
    unnest(generate_series(cast({{ first }} as bigint), cast({{ last }} as bigint)))
{%- endmacro %}

{% macro spark__integer_series(first, last) -%}
    explode(case when {{ first }} <= {{ last }} then sequence(cast({{ first }} as bigint), cast({{ last }} as bigint)) end)
{%- endmacro %}
