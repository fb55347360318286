{#- Our models whose tables hold recorded data: those that runs write (`recorded`), and `kept_tables`. A reset, a rename
    and a compaction reach all of them through this. -#}
{% macro recorded_models() %}
    {%- set models, kept = [], segctl.kept_tables() -%}
    {%- for node in segctl.segment_models() if node.config.materialized == 'recorded' or node.name in kept -%}
        {%- do models.append(node) -%}
    {%- endfor -%}
    {{ return(models) }}
{% endmacro %}
