{#- Whether a test runs in the `dbt build` of a first run. Every stay is then a proposal of the run, which has been
    tested. It remains to ask that all stays began with it and are as many as the sizes say. -#}
{% macro is_first_build() %}
    {{ return(execute and flags.WHICH != 'test' and not segctl.last_finished_run()) }}
{% endmacro %}
