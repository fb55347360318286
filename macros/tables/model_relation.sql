{#- The table of one of our models, whether it exists or not. For statements that change it, and for `kept_tables`, of
    which `ref` would make a CTE. Before dbt knows its models it is only the name. -#}
{% macro model_relation(name) %}
    {%- if not execute -%}
        {{ return(api.Relation.create(identifier=name)) }}
    {%- endif -%}
    {%- set node = segctl.segment_model(name) -%}
    {%- if not node -%}
        {%- do segctl.refuse('missing-model', "this project has no model " ~ name ~ ": segctl render writes it") -%}
    {%- endif -%}
    {{ return(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias, type='table', quote_policy=node.config.quoting
    )) }}
{% endmacro %}
