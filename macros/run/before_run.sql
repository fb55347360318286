{#- What comes before all models of an invocation that builds some of ours (on-run-start): what must not be built is refused
    here, before anything has been touched. -#}
{% macro before_run() %}
    {%- if segctl.builds_ours() -%}
        {%- do segctl.check_settings() -%}
        {%- do segctl.declared('declared_segments') -%}
        {%- do segctl.check_instant() -%}
        {%- do segctl.build_alone() -%}
        {#- Last, after all that refuses: from here on tables change. -#}
        {%- do segctl.bring_up() -%}
    {%- endif -%}
{% endmacro %}
