{#- One of our models in dbt's graph by name; none when it does not exist. -#}
{% macro segment_model(name) %}
    {%- set node = graph.nodes.get('model.' ~ project_name ~ '.' ~ name) if execute else none -%}
    {{ return(node if node and node.original_file_path.startswith('models/segments/') else none) }}
{% endmacro %}
