{#- For `dbt run-operation`: releases the lock on our tables at once, whoever holds it. For a dead holder; a live one
    stops before its next model. -#}
{% macro release_lock() %}
    {%- set holder = adapter.dispatch('force_release', 'segctl')() -%}
    {%- do log('let go of the lock of ' ~ holder if holder else 'nobody holds the lock', info=true) -%}
{% endmacro %}

{#- Releases the lock and returns who held it; none if it was free. -#}
{% macro default__force_release() %}
    {%- set table = segctl.lock_table() -%}
    {%- if not adapter.get_relation(database=table.database, schema=table.schema, identifier=table.identifier) -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set holder = segctl.lease(table, '') -%}
    {%- do segctl.end_lease(table) -%}
    {{ return(segctl.lock_holder(holder.command, holder.host, holder.since) if holder and holder.is_live else none) }}
{% endmacro %}

{#- An unreachable program may still hold the lock of a session. -#}
{% macro postgres__force_release() %}
    {%- set lease = segctl.default__force_release() -%}
    {%- set holder = segctl.lock_session(segctl.session_lock_key()) -%}
    {%- if holder -%}
        {%- do run_query('select pg_terminate_backend(' ~ holder.pid ~ ')') -%}
        {{ return(segctl.lock_holder(holder.name, none, holder.since)) }}
    {%- endif -%}
    {{ return(lease) }}
{% endmacro %}

{% macro redshift__force_release() %}
    {{ return(segctl.default__force_release()) }}
{% endmacro %}

{#- DuckDB's lock is the operating system's, which closes the files of a dead program. -#}
{% macro duckdb__force_release() %}
    {{ return(none) }}
{% endmacro %}
