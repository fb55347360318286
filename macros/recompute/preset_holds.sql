{#- The segments that are held back in any case, each with its guard, from the environment variable SEGCTL_HELD
    (`name:guard`, separated by commas). Recomputations of the past set it: they cannot see what held a segment back
    then. -#}
{% macro preset_holds() %}
    {%- set holds = {} -%}
    {%- for pair in (env_var('SEGCTL_HELD', '') if execute else '').split(',') | select -%}
        {%- do holds.update({pair.split(':')[0]: pair.split(':')[1]}) -%}
    {%- endfor -%}
    {{ return(holds) }}
{% endmacro %}
