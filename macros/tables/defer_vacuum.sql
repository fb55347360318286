{#- Before a run writes: makes the engine reclaim the space of deleted rows only when there are many. -#}
{% macro defer_vacuum() %}
    {%- do adapter.dispatch('defer_vacuum', 'segctl')() -%}
{% endmacro %}

{% macro default__defer_vacuum() %}
{% endmacro %}

{#- DuckDB would rewrite much of a table at each checkpoint in which rows were replaced: 5 to 9 s for 83,000 of a
    million rows with 306 columns, against 1 s. It now waits until a third of our rows are deleted ones, for the rest of
    the process; not where the user's own models, which we know nothing about, delete rows too. A setting that someone
    has changed is left alone. -#}
{% macro duckdb__defer_vacuum() %}
    {%- set tables = [] -%}
    {%- for id in selected_resources if id in graph.nodes -%}
        {%- set node = graph.nodes[id] -%}
        {%- if not segctl.segment_model(node.name) and node.resource_type in ('model', 'snapshot')
            and node.config.materialized not in ('table', 'view', 'ephemeral') -%}
            {{ return('') }}
        {%- endif -%}
    {%- endfor -%}
    {%- for node in segctl.recorded_models() -%}
        {%- set table = segctl.existing_relation(node.name) -%}
        {%- if table and table.is_table -%}
            {%- do tables.append(table) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not tables or run_query("select current_setting('max_vacuum_tasks')").columns[0][0] not in (0, 100) -%}
        {{ return('') }}
    {%- endif -%}
    {%- set counted -%}
        with alive as (
            {%- for table in tables %}
            select
                '{{ table.database }}' as database_name,
                '{{ table.schema }}' as schema_name,
                '{{ table.identifier }}' as table_name,
                count(*) as row_count
            from {{ table }}
            {{ 'union all' if not loop.last }}
            {%- endfor %}
        )

        select coalesce(sum((tables.estimated_size - alive.row_count) * column_count) > sum(tables.estimated_size * column_count) / 3, false)
        from alive
        inner join duckdb_tables() as tables using (database_name, schema_name, table_name)
    {%- endset -%}
    {%- do run_query('set global max_vacuum_tasks = ' ~ (100 if run_query(counted).columns[0][0] else 0)) -%}
{% endmacro %}
