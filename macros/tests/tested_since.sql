{#- The instant after which a test in `dbt build` checks what runs have written, as a literal: that of the last finished
    run, whose tests have checked the rest. None, for everything, in other commands (`dbt test`, `dbt compile`), in a
    first run, and at the end of a replay, whose other runs have no tests (the environment variable
    SEGCTL_UNTESTED). -#}
{% macro tested_since() %}
    {%- set everything = not execute or flags.WHICH != 'build' or env_var('SEGCTL_UNTESTED', '') == 'true' -%}
    {%- set last = none if everything else segctl.last_finished_run() -%}
    {{ return(segctl.timestamp_of(last) if last else none) }}
{% endmacro %}
