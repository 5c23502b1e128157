{#- Whether a list of categories joined by spaces holds a category; null for an empty list. -#}
{% macro listed_in(categories, category) -%}
    instr(' ' || {{ categories }} || ' ', ' ' || {{ category }} || ' ') > 0
{%- endmacro %}
