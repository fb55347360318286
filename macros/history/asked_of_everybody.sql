{#- Whether the run looks at everybody, whatever has changed: the environment variable SEGCTL_EVERYBODY, which
    recomputations of the past set. -#}
{% macro asked_of_everybody() %}
    {{ return(execute and env_var('SEGCTL_EVERYBODY', '') == 'true') }}
{% endmacro %}
