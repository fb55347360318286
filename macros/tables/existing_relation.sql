{#- The table or view of one of our models if it exists in the warehouse, else none. For models that read a table which
    is built after them, where `ref` would be a cycle. -#}
{% macro existing_relation(name) %}
    {%- set node = segctl.segment_model(name) -%}
    {%- if node -%}
        {{ return(adapter.get_relation(database=node.database, schema=node.schema, identifier=node.alias)) }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}
