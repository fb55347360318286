{#- What comes after all models of an invocation that built some of ours, however it went (on-run-end). -#}
{% macro after_run() %}
    {%- if segctl.builds_ours() -%}
        {%- do segctl.built_alone() -%}
    {%- endif -%}
{% endmacro %}
