{#- The instant of the last finished run before this one as a timestamp literal; far back when there is none. -#}
{% macro since_last_run(anew=false) -%}
    {%- set last = segctl.last_finished_run(anew=anew) if execute else none -%}
    {{ segctl.timestamp_of(last or '1900-01-01') }}
{%- endmacro %}
