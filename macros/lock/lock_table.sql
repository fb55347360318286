{#- The table with the lease, one row, for databases whose locks do not last as long as their holder. It is in the
    schema of segment_runs and holds no history. -#}
{% macro lock_table() %}
    {%- set node = segctl.segment_model('segment_runs') -%}
    {%- if not node -%}
        {%- do segctl.refuse('missing-model', "this project has no model segment_runs: segctl render writes it") -%}
    {%- endif -%}
    {{ return(api.Relation.create(database=node.database, schema=node.schema, identifier='run_lock', type='table')) }}
{% endmacro %}

{#- Creates the table with a free lease unless it exists. The row decides between programs that start at once, so it
    must exist from the beginning. It is committed together with the lease. -#}
{% macro make_lock_table(table) %}
    {%- if not adapter.get_relation(database=table.database, schema=table.schema, identifier=table.identifier) -%}
        {%- if not adapter.check_schema_exists(table.database, table.schema) -%}
            {%- do adapter.create_schema(table.without_identifier()) -%}
        {%- endif -%}
        {%- for sql in adapter.dispatch('lock_table_statements', 'segctl')(table) -%}
            {% call statement('lock_table') %}{{ sql }}{% endcall %}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

{% macro default__lock_table_statements(table) %}
    {%- set created -%}
        create table if not exists {{ table }}
        {{ segctl.table_options() }}
        as
        {{ segctl.free_lease() }}
    {%- endset -%}
    {{ return([created]) }}
{% endmacro %}

{#- Redshift supports `if not exists` only for tables without a query. Of two inserts at once it stops one. -#}
{% macro redshift__lock_table_statements(table) %}
    {%- set text, instant = dbt.type_string(), segctl.timestamp_type() -%}
    {%- set created -%}
        create table if not exists {{ table }} (
            owner {{ text }}, command {{ text }}, host {{ text }}, taken_at {{ instant }}, expires_at {{ instant }}
        )
    {%- endset -%}
    {%- set filled -%}
        insert into {{ table }}
        {{ segctl.free_lease() }}
        where not exists (select 1 from {{ table }})
    {%- endset -%}
    {{ return([created, filled]) }}
{% endmacro %}

{% macro free_lease() -%}
    select
        cast('' as {{ dbt.type_string() }}) as owner,
        cast('' as {{ dbt.type_string() }}) as command,
        cast('' as {{ dbt.type_string() }}) as host,
        cast({{ segctl.server_now() }} as {{ segctl.timestamp_type() }}) as taken_at,
        cast({{ segctl.server_now() }} as {{ segctl.timestamp_type() }}) as expires_at
{%- endmacro %}
