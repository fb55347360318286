{#- For `dbt run-operation`: removes deleted rows from the engine's files, as far as it can. -#}
{% macro purge_deleted_rows() %}
    {%- do adapter.dispatch('purge_deleted_rows', 'segctl')() -%}
{% endmacro %}

{% macro default__purge_deleted_rows() %}
{% endmacro %}

{#- A checkpoint rewrites the row groups that rows were deleted from, and empties the write-ahead log. -#}
{% macro duckdb__purge_deleted_rows() %}
    {%- do run_query('set global max_vacuum_tasks = 100') -%}
    {%- do run_query('checkpoint') -%}
{% endmacro %}

{#- A killed run leaves the rows that it was about to merge, and steps on the way to them. -#}
{% macro spark__purge_deleted_rows() %}
    {%- for node in segctl.segment_models() if node.config.materialized == 'recorded' -%}
        {%- for row in run_query('show tables in ' ~ node.schema ~ " like '" ~ node.alias ~ "__*'").rows -%}
            {%- do segctl.drop_difference(api.Relation.create(schema=node.schema, identifier=row['tableName'])) -%}
        {%- endfor -%}
    {%- endfor -%}
{% endmacro %}

{#- Databricks has catalogs above schemas. -#}
{% macro databricks__purge_deleted_rows() %}
    {{ segctl.drop_all_differences() }}
{% endmacro %}

{#- BigQuery has no temporary tables outside of scripts: a killed run leaves the rows that it was about to merge. -#}
{% macro bigquery__purge_deleted_rows() %}
    {{ segctl.drop_all_differences() }}
{% endmacro %}

{#- Trino has no temporary tables: a killed run leaves the rows that it was about to merge. -#}
{% macro trino__purge_deleted_rows() %}
    {{ segctl.drop_all_differences() }}
{% endmacro %}

{#- Drops all tables that store differences. -#}
{% macro drop_all_differences() %}
    {%- for node in segctl.segment_models() if node.config.materialized == 'recorded' -%}
        {%- do segctl.drop_difference(segctl.difference_table(
            api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)
        )) -%}
    {%- endfor -%}
{% endmacro %}
