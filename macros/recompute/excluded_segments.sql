{#- The segments that the run leaves out, from the environment variable SEGCTL_WITHOUT. Recomputations of the past name
    those whose definition was another then. -#}
{% macro excluded_segments() %}
    {{ return((env_var('SEGCTL_WITHOUT', '') if execute else '').split(',') | select | list) }}
{% endmacro %}
