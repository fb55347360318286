{#- Takes the lock on our tables for a segctl command, or stops. Returns what `keep_lock` and `give_back_lock` need. The
    connection stays open while the lock is held. -#}
{% macro take_lock(owner, command, host) %}
    {{ return(adapter.dispatch('take_lock', 'segctl')(owner, command, host)) }}
{% endmacro %}

{#- Most warehouses have no locks that last as long as a session. -#}
{% macro default__take_lock(owner, command, host) %}
    {%- do segctl.take_lease(owner, command, host) -%}
    {{ return(owner ~ ' ' ~ segctl.lock_table()) }}
{% endmacro %}

{#- Respects the lease of a `dbt build`, and takes an expired one away, so that its holder finds out. Without
    keepalives, the server would wait two hours for a client whose machine is gone. -#}
{% macro postgres__take_lock(owner, command, host) %}
    {%- do run_query(
        "set idle_session_timeout = 0; set tcp_keepalives_idle = 60; "
        ~ "set tcp_keepalives_interval = 10; set tcp_keepalives_count = 6"
    ) -%}
    {%- do segctl.take_session_lock('pg_try_advisory_lock', command, host) -%}
    {%- set table = segctl.lock_table() -%}
    {%- if adapter.get_relation(database=table.database, schema=table.schema, identifier=table.identifier) -%}
        {%- do segctl.change_lease(
            "update " ~ table ~ " set owner = '' where owner != '' and expires_at <= " ~ segctl.server_now()
        ) -%}
        {%- set lease = segctl.lease(table, owner) -%}
        {%- if lease and lease.is_live -%}
            {%- do segctl.refuse_leased(lease) -%}
        {%- endif -%}
    {%- endif -%}
    {% call statement('session', fetch_result=true) %}select pg_backend_pid(){% endcall %}
    {%- do adapter.commit() -%}
    {{ return(load_result('session').data[0][0] ~ ' ' ~ segctl.session_lock_key()) }}
{% endmacro %}

{% macro redshift__take_lock(owner, command, host) %}
    {{ return(segctl.default__take_lock(owner, command, host)) }}
{% endmacro %}

{#- DuckDB locks its file while a connection is open. -#}
{% macro duckdb__take_lock(owner, command, host) %}
    {%- do run_query('select 1') -%}
    {{ return('file') }}
{% endmacro %}
