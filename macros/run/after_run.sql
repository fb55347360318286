{#- What comes after all models of an invocation that built some of ours, however it went (on-run-end). -#}
{% macro after_run() %}
{% endmacro %}
