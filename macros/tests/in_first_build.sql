{#- Whether a test runs in the `dbt build` of a first run, where every stay begins as a proposal that has been tested itself:
    that each is there once, and that they are as many as the sizes say, is then all that can be asked. -#}
{% macro in_first_build() %}
    {{ return(execute and flags.WHICH != 'test' and not segctl.last_finished_run()) }}
{% endmacro %}
