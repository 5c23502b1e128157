{#-
How a POH's support ended, from the outcomes of a registration. Contracted care comes before help elsewhere, and both come
before `without_referral`; `unknown` where nothing recorded says how it ended.
-#}
{% macro support_ended_as(registration) -%}
    {%- set elsewhere -%}
        (
            'referred_youth_and_family',
            'referred_free_access',
            'referred_local_support',
            'referred_youth_consultant',
            'referred_other'
        )
    {%- endset -%}
    case
        when {{ registration }}.is_referred_to_contracted_care then 'referred'
        when
            {{ registration }}.outcome_treatment in {{ elsewhere }}
            or {{ registration }}.outcome_clarification in {{ elsewhere }}
            or {{ listed_in(registration ~ '.support_offered', "'other_basic_service'") }}
            then 'referred_elsewhere'
        when {{ registration }}.outcome_treatment = 'not_referred' then 'without_referral'
        when
            {{ registration }}.outcome_treatment is null
            and {{ registration }}.outcome_clarification in ('no_further_support', 'not_referred')
            then 'without_referral'
        -- a municipality that records no outcomes, only what was offered
        when
            {{ registration }}.outcome_treatment is null
            and {{ registration }}.outcome_clarification is null
            and (
                {{ listed_in(registration ~ '.support_offered', "'poh_ambulatory_support'") }}
                or {{ listed_in(registration ~ '.support_offered', "'information_and_advice'") }}
                or {{ listed_in(registration ~ '.support_offered', "'returned_to_gp'") }}
            )
            then 'without_referral'
        else 'unknown'
    end
{%- endmacro %}
