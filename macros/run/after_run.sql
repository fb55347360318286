{#- Runs after all models and tests of an invocation, however it went (on-run-end), with their `results`. -#}
{% macro after_run(results=()) %}
    {%- if execute -%}
        {%- do segctl.log_faults(results) -%}
    {%- endif -%}
    {%- if segctl.builds_segment_models() -%}
        {%- do segctl.unlock_build() -%}
    {%- endif -%}
{% endmacro %}
