{#- The names of segments that take no part in the run, from the environment variable SEGCTL_WITHOUT: recomputations of the
    past name those that were not defined as they are now at that time. -#}
{% macro excluded_segments() %}
    {{ return((env_var('SEGCTL_WITHOUT', '') if execute else '').split(',') | select | list) }}
{% endmacro %}
