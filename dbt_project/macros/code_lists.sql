{# Code lists whose values are kept as numbers (one_of). They are those of schemas/ and of the readers of deliveries; a test
   says when one differs. #}

{# JZ020 #}
{% macro product_categories() -%}
    {{ return(range(31, 39) | list + range(40, 56) | list) }}
{%- endmacro %}

{# WJ756 of every release #}
{% macro unit_codes() -%}
    {{ return(['01', '04', '14', '16', '21', '81', '82', '83', '84']) }}
{%- endmacro %}

{% macro delivery_kinds() -%}
    {{ return([
        'JW301', 'JW302', 'JW303', 'JW304', 'JW305', 'JW306', 'JW307', 'JW308', 'JW315', 'JW316', 'JW317', 'JW318', 'JW319',
        'JW320', 'JW323', 'JW325', 'declaraties', 'toewijzingen', 'poh_registraties', 'ervaringen', 'unknown',
    ]) }}
{%- endmacro %}
