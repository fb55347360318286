{#- As of which instant the last finished run has left what it found: `as_of`, a naive datetime in UTC; none before a first run. -#}
{% macro last_run() %}
    {%- set last = segctl.last_finished_run() if execute else none -%}
    {{ return({'as_of': last} if last else none) }}
{% endmacro %}
