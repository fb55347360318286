{#- What comes after all models and tests of an invocation, however it went (on-run-end): `results` are theirs. -#}
{% macro after_run(results=()) %}
    {%- if execute -%}
        {%- do segctl.tell_faults(results) -%}
    {%- endif -%}
    {%- if segctl.builds_ours() -%}
        {%- do segctl.built_alone() -%}
    {%- endif -%}
{% endmacro %}
