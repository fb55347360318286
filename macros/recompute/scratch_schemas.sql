{#- The schemas, as relations, whose names end with a suffix that is given to tables beside the live ones. -#}
{% macro scratch_schemas(suffix) %}
    {%- set found = {} -%}
    {%- for node in segctl.segment_models() if suffix and node.schema.endswith(suffix) -%}
        {%- do found.update({
            node.database ~ '.' ~ node.schema: api.Relation.create(database=node.database, schema=node.schema)
        }) -%}
    {%- endfor -%}
    {{ return(found.values() | list) }}
{% endmacro %}
