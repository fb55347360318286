{#- The instant of the last finished run before this one, as a timestamp literal; in the year 1900 without one. -#}
{% macro since_last_run(refresh=false) -%}
    {%- set last = segctl.last_finished_run(refresh=refresh) if execute else none -%}
    {{ segctl.timestamp_of(last or '1900-01-01') }}
{%- endmacro %}
