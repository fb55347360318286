{#- The models of customers' features in dbt's graph: customer_features and all below models/segments/features. -#}
{% macro feature_models() %}
    {%- set models = [] -%}
    {%- for node in (segctl.segment_models() if execute else []) -%}
        {%- if node.name == 'customer_features' or node.original_file_path.startswith('models/segments/features/') -%}
            {%- do models.append(node) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(models) }}
{% endmacro %}
