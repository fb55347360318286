{#- The instant after which a test in `dbt build` looks at what runs have written, as a literal: that of the last finished run,
    whose own tests have seen the rest. None in `dbt test`, which looks at everything, and in a first run. -#}
{% macro tested_since() %}
    {%- set last = segctl.last_finished_run() if execute and flags.WHICH != 'test' else none -%}
    {{ return(segctl.timestamp_of(last) if last else none) }}
{% endmacro %}
