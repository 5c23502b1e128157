{# What names a number inside a build: 128 bits of the MD5 of its label, of which two are as unlikely to meet as two
   trajectory_ids. Joins, groups and tables take a fraction of what they take with the label itself. #}

{# A number belongs to the code it was sent under, and to each client it was sent for. #}
{% macro allocation_label(municipality_code, allocation_number, client_key) -%}
    concat_ws('|', 'allocation', {{ municipality_code }}, cast({{ allocation_number }} as varchar), {{ client_key }})
{%- endmacro %}

{# Without an allocation: one per number, client and provider; without a number: one per client, provider and product code.
   Only a number belongs to the code it was sent under; a line without one reads as its successor's. #}
{% macro declared_label(sent_code, successor_code, allocation_number, product_code, client_key, provider_agb) -%}
    concat_ws(
        '|',
        'lines',
        case when {{ allocation_number }} is null then {{ successor_code }} else {{ sent_code }} end,
        coalesce(cast({{ allocation_number }} as varchar), concat('product ', {{ product_code }})),
        {{ client_key }},
        {{ provider_agb }}
    )
{%- endmacro %}

{% macro allocation_key(municipality_code, allocation_number, client_key) -%}
    {{ label_key(allocation_label(municipality_code, allocation_number, client_key)) }}
{%- endmacro %}

{% macro declared_key(sent_code, successor_code, allocation_number, product_code, client_key, provider_agb) -%}
    {{ label_key(declared_label(sent_code, successor_code, allocation_number, product_code, client_key, provider_agb)) }}
{%- endmacro %}

{% macro label_key(label) -%}
    {{ return(adapter.dispatch('label_key', 'jeugdspiegel')(label)) }}
{%- endmacro %}

{% macro default__label_key(label) -%}
    md5_number({{ label }})
{%- endmacro %}

{% macro spark__label_key(label) -%}
    md5({{ label }})
{%- endmacro %}
