{#- For `dbt run-operation`: releases the lock on our tables at once, whoever holds it. For a dead holder; a live one
    stops before its next model. -#}
{% macro release_lock() %}
    {%- set found = adapter.dispatch('force_release', 'segctl')() -%}
    {%- do log('let go of the lock of ' ~ found if found else 'nobody holds the lock', info=true) -%}
{% endmacro %}

{#- Releases the lock and returns who held it; none if it was free. -#}
{% macro default__force_release() %}
    {%- set table = segctl.lock_table() -%}
    {%- if not adapter.get_relation(database=table.database, schema=table.schema, identifier=table.identifier) -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set found = segctl.lease(table, '') -%}
    {%- do segctl.end_lease(table) -%}
    {{ return(segctl.holder(found.command, found.host, found.since) if found and found.is_live else none) }}
{% endmacro %}

{#- An unreachable program may still hold the lock of a session. -#}
{% macro postgres__force_release() %}
    {%- set lease = segctl.default__force_release() -%}
    {%- set found = segctl.lock_session(segctl.session_lock_key()) -%}
    {%- if found -%}
        {%- do run_query('select pg_terminate_backend(' ~ found.pid ~ ')') -%}
        {{ return(segctl.holder(found.name, none, found.since)) }}
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
