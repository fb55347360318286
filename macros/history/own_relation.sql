{#- A table of this package as it stands in the warehouse, none when it does not. For models that look at what an
    earlier run left in a table that is built after them, where `ref` would be a circle. -#}
{% macro own_relation(name) %}
    {%- if execute -%}
        {%- for node in graph.nodes.values() if node.package_name in ('segctl', project_name) and node.name == name -%}
            {{ return(adapter.get_relation(database=node.database, schema=node.schema, identifier=node.alias)) }}
        {%- endfor -%}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}
