{#- Whether a test runs in the `dbt build` of a first run. Every stay is then a proposal of the run, which have been tested
    themselves: that they have all begun with it, and are as many as the sizes say, is what is left to ask. -#}
{% macro is_first_build() %}
    {{ return(execute and flags.WHICH != 'test' and not segctl.last_finished_run()) }}
{% endmacro %}
