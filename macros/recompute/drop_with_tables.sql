{#- Drops a schema with everything in it, if it exists. -#}
{% macro drop_with_tables(schema) %}
    {%- do adapter.dispatch('drop_with_tables', 'segctl')(schema) -%}
{% endmacro %}

{% macro default__drop_with_tables(schema) %}
    {%- do adapter.drop_schema(schema) -%}
{% endmacro %}

{#- Iceberg's catalogs ignore `cascade` and refuse to drop a schema that is not empty. They do not list views; the views
    of a run are known by name. -#}
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

{#- Databricks supports `cascade`, and has catalogs above schemas. -#}
{% macro databricks__drop_with_tables(schema) %}
    {{ segctl.default__drop_with_tables(schema) }}
{% endmacro %}
