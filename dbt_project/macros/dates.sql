{# Date arithmetic that engines spell differently. #}

{% macro day_after(column) -%}
    {{ return(adapter.dispatch('day_after', 'jeugdspiegel')(column)) }}
{%- endmacro %}

{% macro default__day_after(column) -%}
    cast({{ column }} + interval 1 day as date)
{%- endmacro %}

{% macro day_before(column) -%}
    {{ return(adapter.dispatch('day_before', 'jeugdspiegel')(column)) }}
{%- endmacro %}

{% macro default__day_before(column) -%}
    cast({{ column }} - interval 1 day as date)
{%- endmacro %}

{% macro first_of_month(column) -%}
    cast(date_trunc('month', {{ column }}) as date)
{%- endmacro %}

{% macro first_of_next_month(column) -%}
    cast(date_trunc('month', {{ column }}) + interval 1 month as date)
{%- endmacro %}

{% macro months_after(column, months) -%}
    {{ return(adapter.dispatch('months_after', 'jeugdspiegel')(column, months)) }}
{%- endmacro %}

{% macro default__months_after(column, months) -%}
    cast({{ column }} + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{% macro spark__months_after(column, months) -%}
    add_months({{ column }}, {{ months }})
{%- endmacro %}
