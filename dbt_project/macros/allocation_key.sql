{# Names an allocation: a number belongs to the code it was sent under, and to each client it was sent for. #}
{% macro allocation_key(municipality_code, allocation_number, client_key) -%}
    concat_ws('|', 'allocation', {{ municipality_code }}, cast({{ allocation_number }} as varchar), {{ client_key }})
{%- endmacro %}
