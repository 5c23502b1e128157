{# Integer cents as euros; exact, since cents are integers. #}
{% macro euros(cents) -%}
    cast(cast({{ cents }} as decimal(20, 2)) / 100 as decimal(18, 2))
{%- endmacro %}
