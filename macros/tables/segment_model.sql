{#- A model of ours in dbt's graph, none when there is none. -#}
{% macro segment_model(name) %}
    {%- set node = graph.nodes.get('model.' ~ project_name ~ '.' ~ name) if execute else none -%}
    {{ return(node if node and node.original_file_path.startswith('models/segments/') else none) }}
{% endmacro %}
