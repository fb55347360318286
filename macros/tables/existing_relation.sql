{#- A table of this package as it stands in the warehouse, none when it does not. For models that look at what an
    earlier run left in a table that is built after them, where `ref` would be a circle. -#}
{% macro existing_relation(name) %}
    {%- set node = segctl.segment_model(name) -%}
    {%- if node -%}
        {{ return(adapter.get_relation(database=node.database, schema=node.schema, identifier=node.alias)) }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}
