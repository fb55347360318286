{#- Refuses settings of the root project under which a run would do harm. -#}
{% macro check_settings() %}
{% endmacro %}
