{# One number that puts lines in order of first day, then message date and file name, then row: cheaper than a struct over ten
   million lines. 32 bits for each of the last two. #}
{% macro line_position(first_day, delivery_order, row_number) -%}
    {{ return(adapter.dispatch('line_position', 'jeugdspiegel')(first_day, delivery_order, row_number)) }}
{%- endmacro %}

{% macro default__line_position(first_day, delivery_order, row_number) -%}
    (
        cast(date_diff('day', date '1900-01-01', {{ first_day }}) as hugeint) * 18446744073709551616
        + cast({{ delivery_order }} as hugeint) * 4294967296
        + {{ row_number }}
    )
{%- endmacro %}
