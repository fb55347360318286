{#- The models of ours whose tables hold what is recorded: those that runs write (`recorded`) and `kept_tables`. Whatever has to
    reach all of it (a reset, a rename, a compaction) asks here. -#}
{% macro recorded_models() %}
    {%- set found, kept = [], segctl.kept_tables() -%}
    {%- for node in segctl.segment_models() if node.config.materialized == 'recorded' or node.name in kept -%}
        {%- do found.append(node) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
