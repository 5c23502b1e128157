{# One integer that puts lines in order of first day, then message date and file name, then row: cheaper than a struct over ten million lines. #}
{% macro line_position(first_day, delivery_order, row_number) -%}
    {{ return(adapter.dispatch('line_position', 'jeugdspiegel')(first_day, delivery_order, row_number)) }}
{%- endmacro %}

{% macro default__line_position(first_day, delivery_order, row_number) -%}
    cast(date_diff('day', date '1900-01-01', {{ first_day }}) as bigint) * 70368744177664
    + cast({{ delivery_order }} as bigint) * 33554432 + {{ row_number }}
{%- endmacro %}
