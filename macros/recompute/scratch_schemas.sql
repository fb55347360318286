{#- The schemas of a recomputation, whose names end with the suffix, as relations. -#}
{% macro scratch_schemas(suffix) %}
    {%- set schemas = {} -%}
    {%- for node in segctl.segment_models() if suffix and node.schema.endswith(suffix) -%}
        {%- do schemas.update({
            node.database ~ '.' ~ node.schema: api.Relation.create(database=node.database, schema=node.schema)
        }) -%}
    {%- endfor -%}
    {{ return(schemas.values() | list) }}
{% endmacro %}
