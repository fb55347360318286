{#- Whether the run evaluates all members, changed or not. Recomputations of the past set the environment variable
    SEGCTL_EVERYBODY. -#}
{% macro evaluates_everybody() %}
    {{ return(execute and env_var('SEGCTL_EVERYBODY', '') == 'true') }}
{% endmacro %}
