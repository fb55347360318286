{#- Our models in dbt's graph: those that `segctl render` has written into the project. -#}
{% macro segment_models() %}
    {%- set models = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.package_name == project_name -%}
        {%- if node.original_file_path.startswith('models/segments/') -%}
            {%- do models.append(node) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(models) }}
{% endmacro %}
