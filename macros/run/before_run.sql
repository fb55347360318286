{#- Runs before an invocation that builds some of our models (on-run-start), and stops what must not be built, before
    anything has changed. -#}
{% macro before_run() %}
    {%- if segctl.builds_segment_models() -%}
        {%- do segctl.check_settings() -%}
        {%- if segctl.segment_model('declared_segments') -%}
            {%- do segctl.declared('declared_segments') -%}
        {%- endif -%}
        {%- do segctl.check_instant() -%}
        {%- if not env_var('SEGCTL_LOCK', '') -%}
            {#- Checked before the lease is taken, which outlives a build that stops here. -#}
            {%- do segctl.check_kept_tables(segctl.check_format()) -%}
        {%- endif -%}
        {%- do segctl.lock_build() -%}
        {#- Last, after all checks: from here on tables change. -#}
        {%- do segctl.upgrade_tables(for_run=true) -%}
        {%- do segctl.clear_former_shares() -%}
        {%- do segctl.defer_vacuum() -%}
    {%- endif -%}
{% endmacro %}
