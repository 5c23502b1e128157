{# The status of a trajectory in a year in which it is active; the order of the cases is the precedence. #}
{% macro trajectory_status(is_first_year, is_unobserved, is_converted, segments_started) -%}
    case
        when {{ is_first_year }} and {{ is_unobserved }} then 'unknown'
        when {{ is_first_year }} and {{ is_converted }} then 'converted'
        when {{ is_first_year }} then 'new'
        when {{ segments_started }} > 0 then 'extended'
        else 'carried_over'
    end
{%- endmacro %}
