{#- The instant of the last finished run before this one as a timestamp literal; far back when there is none. -#}
{% macro since_last_run() -%}
    {%- set last = segctl.last_finished_run() if execute else none -%}
    {{ segctl.timestamp_of(last or '1900-01-01') }}
{%- endmacro %}
