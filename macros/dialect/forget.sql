{#- For `dbt run-operation`: what the engine can do so that deleted rows do not linger in its files. -#}
{% macro forget() %}
    {%- do adapter.dispatch('forget', 'segctl')() -%}
{% endmacro %}

{% macro default__forget() %}
{% endmacro %}

{#- A checkpoint rewrites the row groups that rows were deleted from, and empties the write-ahead log. -#}
{% macro duckdb__forget() %}
    {%- do run_query('set global max_vacuum_tasks = 100') -%}
    {%- do run_query('checkpoint') -%}
{% endmacro %}

{#- A run that was killed has left what it was about to merge, and steps on the way to it. -#}
{% macro spark__forget() %}
    {%- for node in segctl.own_nodes() if node.config.materialized == 'recorded' -%}
        {%- for row in run_query('show tables in ' ~ node.schema ~ " like '" ~ node.alias ~ "__*'").rows -%}
            {%- do segctl.let_go(api.Relation.create(schema=node.schema, identifier=row['tableName'])) -%}
        {%- endfor -%}
    {%- endfor -%}
{% endmacro %}

{#- Databricks has catalogs above schemas. -#}
{% macro databricks__forget() %}
    {{ segctl.let_go_of_all() }}
{% endmacro %}

{#- BigQuery has no temporary tables outside of scripts: a run that was killed has left what it was about to merge. -#}
{% macro bigquery__forget() %}
    {{ segctl.let_go_of_all() }}
{% endmacro %}

{#- Trino has no temporary tables: a run that was killed has left what it was about to merge. -#}
{% macro trino__forget() %}
    {{ segctl.let_go_of_all() }}
{% endmacro %}

{#- Drops all tables in which differences are kept. -#}
{% macro let_go_of_all() %}
    {%- for node in segctl.own_nodes() if node.config.materialized == 'recorded' -%}
        {%- do segctl.let_go(segctl.difference_of(
            api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)
        )) -%}
    {%- endfor -%}
{% endmacro %}
