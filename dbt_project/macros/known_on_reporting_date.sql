{# Whether a row was known on the reporting date `as_of`. For staging only: every later model sees the world of that day. #}
{% macro known_on_reporting_date(column) -%}
    {%- if var('as_of') is none -%} true {%- else -%} {{ column }} <= cast('{{ var("as_of") }}' as date) {%- endif -%}
{%- endmacro %}
