{#- Whole months from one date to another (exclusive): 2018-09-01 to 2019-01-01 is 4; arithmetic only, so that every engine agrees. -#}
{% macro whole_months(from_on, until) -%}
    (
        (extract(year from {{ until }}) - extract(year from {{ from_on }})) * 12
        + extract(month from {{ until }}) - extract(month from {{ from_on }})
        - case when extract(day from {{ until }}) < extract(day from {{ from_on }}) then 1 else 0 end
    )
{%- endmacro %}
