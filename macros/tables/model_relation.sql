{#- The table of a model of ours, whether it stands or not. For statements that change it, and for `kept_tables`, which `ref` makes
    a step of the query. Before dbt knows its models it is no more than the name. -#}
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
