{#- A model of this package or of the project in dbt's graph, none when there is none. -#}
{% macro own_node(name) %}
    {%- if execute -%}
        {%- for node in graph.nodes.values() if node.package_name in ('segctl', project_name) and node.name == name -%}
            {{ return(node) }}
        {%- endfor -%}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}
