{#- PostgreSQL's advisory lock on our tables, which the server lets go of with the session that holds it. -#}

{#- Its number. Advisory locks are of a database; the schema keeps ours apart. -#}
{% macro session_lock_key() %}
    {%- set table = segctl.lock_table() -%}
    {{ return(local_md5('segctl ' ~ table.database ~ '.' ~ table.schema)[:15] | int(base=16)) }}
{% endmacro %}

{#- Takes it by a function that does not wait, or refuses to go on because of who holds it. A second's patience is for those who
    hold it for a moment, and for a server that has not seen yet that its client is dead. -#}
{% macro take_session_lock(function, command, host) %}
    {%- set key = segctl.session_lock_key() -%}
    {%- set told = namespace(taken=false) -%}
    {#- Of a name the server keeps 63 characters. -#}
    {%- do run_query("set application_name = '" ~ segctl.holder(command, segctl.plain_name(host))[:63] ~ "'") -%}
    {%- for attempt in range(6) if not told.taken -%}
        {%- set told.taken = run_query('select ' ~ function ~ '(' ~ key ~ ')').columns[0][0] -%}
        {%- if not told.taken and not loop.last -%}
            {%- do run_query('select pg_sleep(0.2)') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not told.taken -%}
        {%- set found = segctl.lock_session(key) -%}
        {%- do segctl.refuse(
            'locked',
            "another program is changing these tables"
            ~ (": " ~ segctl.holder(found.name, none, found.since) if found else "")
        ) -%}
    {%- endif -%}
{% endmacro %}

{#- The session that holds it, none when there is none. When it began roles may not see of each other. -#}
{% macro lock_session(key) %}
    {%- set asked -%}
        select
            sessions.pid,
            sessions.application_name as name,
            cast(sessions.backend_start at time zone 'UTC' as varchar(40)) as since
        from pg_locks as locks
        inner join pg_stat_activity as sessions on locks.pid = sessions.pid
        where {{ segctl.is_session_lock(key) }}
    {%- endset -%}
    {{ return(segctl.query_rows(asked) | first) }}
{% endmacro %}

{#- The condition on pg_locks: there a number of 64 bits is two of 32. -#}
{% macro is_session_lock(key) -%}
    locks.locktype = 'advisory'
    and locks.granted
    and locks.objsubid = 1
    and locks.database = (select oid from pg_database where datname = current_database())
    and (cast(locks.classid as bigint) << 32) | cast(locks.objid as bigint) = {{ key }}
{%- endmacro %}
