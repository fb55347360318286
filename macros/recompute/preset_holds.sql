{#- The segments that are held back whatever guards say, each with the guard, from the environment variable SEGCTL_HELD, which
    recomputations of the past set (`name:guard`, separated by commas): what held them back then is not seen from there. -#}
{% macro preset_holds() %}
    {%- set found = {} -%}
    {%- for pair in (env_var('SEGCTL_HELD', '') if execute else '').split(',') | select -%}
        {%- do found.update({pair.split(':')[0]: pair.split(':')[1]}) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
