{#- The last local day that had begun before the last finished run, as a date literal. Without a finished run it is a
    day in 1899. -#}
{% macro last_day_begun(timezone) -%}
    {%- set last = segctl.last_finished_run() if execute else none -%}
    {{ segctl.day_begun(timezone, at=last or modules.datetime.datetime(1900, 1, 1)) }}
{%- endmacro %}
