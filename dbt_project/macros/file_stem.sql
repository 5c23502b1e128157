{# The name of a file without its folder and ending. #}
{% macro file_stem(path) -%}
    {{ return(adapter.dispatch('file_stem', 'jeugdspiegel')(path)) }}
{%- endmacro %}

{% macro default__file_stem(path) -%}
    parse_filename({{ path }}, true)
{%- endmacro %}
