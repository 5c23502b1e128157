{# Whether a row of a family of facts counts on the reporting date. For staging only: every later model sees the world of
   that day. The date is looked up, so that the same compiled models give the figures of another day. #}
{% macro known_on_reporting_date(column, family) -%}
    {{ column }} <= {{ known_until(family) }}
{%- endmacro %}

{# The last day on which facts of a family count. #}
{% macro known_until(family) -%}
    (select known_until from {{ ref('known_until') }} where family = '{{ family }}')
{%- endmacro %}
