{# What must hold of each row of one model, in one query: a test of its own for each of these costs more than all that they read.

   keys: lists of columns that together name at most one row; a null counts as a value.
   filled: columns without nulls.
   ranges: per column its least and most value, both allowed; null for no bound. A null passes.
   listed: per column the values it may have. A null passes.
   conditions: what every row satisfies; a condition that is null fails.

   One row per rule that is broken: the rule, and how many rows (of a key: how many values) break it. Never a value. #}
{% test sound(model, keys=[], filled=[], ranges={}, listed={}, conditions=[]) %}
{%- set rules = [] -%}
{%- for column in filled -%}
    {%- do rules.append(('filled ' ~ column, column ~ ' is null')) -%}
{%- endfor -%}
{%- for column, bounds in ranges.items() -%}
    {%- if bounds[0] is not none -%}
        {%- do rules.append((column ~ ' at least ' ~ bounds[0], column ~ ' < ' ~ bounds[0])) -%}
    {%- endif -%}
    {%- if bounds[1] is not none -%}
        {%- do rules.append((column ~ ' at most ' ~ bounds[1], column ~ ' > ' ~ bounds[1])) -%}
    {%- endif -%}
{%- endfor -%}
{%- for column, values in listed.items() -%}
    {%- do rules.append(('listed ' ~ column, column ~ " not in ('" ~ values | join("', '") ~ "')")) -%}
{%- endfor -%}
{%- for condition in conditions -%}
    {%- do rules.append((condition, 'not coalesce(' ~ condition ~ ', false)')) -%}
{%- endfor -%}
{%- set named = [] -%}
{%- for columns in keys -%}
    {%- do named.append('key ' ~ columns | join(', ')) -%}
{%- endfor -%}
{%- for name, _ in rules -%}
    {%- do named.append(name) -%}
{%- endfor -%}
{#- Dagster shows the rules beside the check. -#}
{{- config(fail_calc='coalesce(cast(sum(failing) as bigint), 0)', meta={'description': named | join('; ')}) -}}
with

rows_judged as (

    select
        {%- for _, broken in rules %}
        count(*) filter (where {{ broken }}) as rule_{{ loop.index }},
        {%- endfor %}
        count(*) as rows_tested
    from {{ model }}

),

judged as (

    {%- for name, _ in rules %}
    select '{{ name | replace("'", "''") }}' as rule, rule_{{ loop.index }} as failing
    from rows_judged
    union all
    {%- endfor %}
    {%- for columns in keys %}
    select 'key {{ columns | join(", ") }}' as rule, count(*) as failing
    from (
        select 1 as found
        from {{ model }}
        group by {{ columns | join(', ') }}
        having count(*) > 1
    ) as found_again
    union all
    {%- endfor %}
    select 'nothing else' as rule, 0 as failing

)

select rule, failing
from judged
where failing > 0
{% endtest %}
