{#- Whether the run looks at everybody, whatever has changed: the environment variable SEGCTL_EVERYBODY, which
    recomputations of the past set. -#}
{% macro evaluates_everybody() %}
    {{ return(execute and env_var('SEGCTL_EVERYBODY', '') == 'true') }}
{% endmacro %}
