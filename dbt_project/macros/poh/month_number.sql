{#- The calendar month of a date as one number, counted from year 0, so that months can be listed and compared. -#}
{% macro month_number(date_column) -%}
    (extract(year from {{ date_column }}) * 12 + extract(month from {{ date_column }}) - 1)
{%- endmacro %}
