{#- Drops a schema, if it is there, with all that is in it. -#}
{% macro drop_with_tables(schema) %}
    {%- do adapter.dispatch('drop_with_tables', 'segctl')(schema) -%}
{% endmacro %}

{% macro default__drop_with_tables(schema) %}
    {%- do adapter.drop_schema(schema) -%}
{% endmacro %}

{#- Iceberg's catalogs do not heed `cascade`, and refuse a schema that holds anything. They do not list views: those that runs
    make for themselves are known by name. -#}
{% macro spark__drop_with_tables(schema) %}
    {%- if adapter.check_schema_exists(schema.database, schema.schema) -%}
        {%- for node in segctl.segment_models() if node.config.materialized == 'view' -%}
            {% call statement('drop_view') %}drop view if exists {{ schema.schema }}.{{ node.alias }}{% endcall %}
        {%- endfor -%}
        {%- for row in run_query('show tables in ' ~ schema.schema).rows -%}
            {%- do segctl.drop_difference(schema.incorporate(path={'identifier': row['tableName']})) -%}
        {%- endfor -%}
        {%- do adapter.drop_schema(schema) -%}
    {%- endif -%}
{% endmacro %}

{#- Databricks heeds `cascade`, and has catalogs above schemas. -#}
{% macro databricks__drop_with_tables(schema) %}
    {{ segctl.default__drop_with_tables(schema) }}
{% endmacro %}
