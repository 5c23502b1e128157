{#- The quarter of a date as one number, counted from year 0, so that quarters can be subtracted. -#}
{% macro quarter_number(date_column) -%}
    cast(extract(year from {{ date_column }}) * 4 + extract(quarter from {{ date_column }}) - 1 as integer)
{%- endmacro %}
