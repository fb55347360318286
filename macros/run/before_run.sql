{#- What comes before all models of an invocation that builds some of ours (on-run-start): what must not be built is refused
    here, before anything has been touched. -#}
{% macro before_run() %}
    {%- if segctl.builds_segment_models() -%}
        {%- do segctl.check_settings() -%}
        {%- if segctl.segment_model('declared_segments') -%}
            {%- do segctl.declared('declared_segments') -%}
        {%- endif -%}
        {%- do segctl.check_instant() -%}
        {%- if not env_var('SEGCTL_LOCK', '') -%}
            {#- Before it is taken: a lease outlasts a build that is refused. -#}
            {%- do segctl.check_kept_tables(segctl.check_format()) -%}
        {%- endif -%}
        {%- do segctl.lock_build() -%}
        {#- Last, after all that refuses: from here on tables change. -#}
        {%- do segctl.upgrade_tables(for_run=true) -%}
        {%- do segctl.clear_former_shares() -%}
        {%- do segctl.defer_vacuum() -%}
    {%- endif -%}
{% endmacro %}
