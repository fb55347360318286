{#- The last finished run as a mapping with `as_of`, a naive datetime in UTC; none before the first run. -#}
{% macro last_run() %}
    {%- set last = segctl.last_finished_run() if execute else none -%}
    {{ return({'as_of': last} if last else none) }}
{% endmacro %}
