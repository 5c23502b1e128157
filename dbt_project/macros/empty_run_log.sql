{# A run log without rows, with the columns that stg_operations__runs reads. #}
{% macro empty_run_log() -%}
    select
        {% for column in ['run_id', 'outcome', 'failed_step', 'error', 'publication'] %}
        cast(null as varchar) as {{ column }},
        {% endfor %}
        {% for column in ['started_at', 'ended_at'] %}
        cast(null as {{ timestamp_with_time_zone() }}) as {{ column }},
        {% endfor %}
        {% for column in ['reading', 'building', 'publishing', 'total'] %}
        cast(null as double) as seconds_{{ column }},
        {% endfor %}
        {% for column in ['deliveries_taken', 'deliveries_refused', 'rows_read', 'rows_accepted', 'rows_quarantined'] %}
        cast(null as bigint) as {{ column }},
        {% endfor %}
        cast(null as bigint) as files_new
    where 1 = 0
{%- endmacro %}

{# The engine's type for a moment in time. #}
{% macro timestamp_with_time_zone() -%}
    {{ return(adapter.dispatch('timestamp_with_time_zone', 'jeugdspiegel')()) }}
{%- endmacro %}

{% macro default__timestamp_with_time_zone() -%}
    timestamp with time zone
{%- endmacro %}

{% macro spark__timestamp_with_time_zone() -%}
    timestamp
{%- endmacro %}
