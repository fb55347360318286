{#- PostgreSQL's advisory lock on our tables: the server releases it with the session of its holder. -#}

{#- The number of the lock. Advisory locks belong to a database; the schema makes ours unique. -#}
{% macro session_lock_key() %}
    {%- set table = segctl.lock_table() -%}
    {{ return(local_md5('segctl ' ~ table.database ~ '.' ~ table.schema)[:15] | int(base=16)) }}
{% endmacro %}

{#- Takes the lock by a function that does not wait, or stops because another session holds it. It tries for a second:
    some hold the lock for a moment, and a server may not have noticed a dead client yet. -#}
{% macro take_session_lock(function, command, host) %}
    {%- set key = segctl.session_lock_key() -%}
    {%- set lock = namespace(taken=false) -%}
    {#- The server keeps 63 characters of a name. -#}
    {%- do run_query("set application_name = '" ~ segctl.lock_holder(command, segctl.plain_name(host))[:63] ~ "'") -%}
    {%- for attempt in range(6) if not lock.taken -%}
        {%- set lock.taken = run_query('select ' ~ function ~ '(' ~ key ~ ')').columns[0][0] -%}
        {%- if not lock.taken and not loop.last -%}
            {%- do run_query('select pg_sleep(0.2)') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not lock.taken -%}
        {%- set holder = segctl.lock_session(key) -%}
        {%- do segctl.refuse(
            'locked',
            "another program is changing these tables"
            ~ (": " ~ segctl.lock_holder(holder.name, none, holder.since) if holder else "")
        ) -%}
    {%- endif -%}
{% endmacro %}

{#- The session that holds the lock; none if the lock is free. Roles may not see each other's start. -#}
{% macro lock_session(key) %}
    {%- set query -%}
        select
            sessions.pid,
            sessions.application_name as name,
            cast(sessions.backend_start at time zone 'UTC' as varchar(40)) as since
        from pg_locks as locks
        inner join pg_stat_activity as sessions on locks.pid = sessions.pid
        where {{ segctl.is_session_lock(key) }}
    {%- endset -%}
    {{ return(segctl.query_rows(query) | first) }}
{% endmacro %}

{#- The condition on pg_locks, which splits a number of 64 bits into two of 32. -#}
{% macro is_session_lock(key) -%}
    locks.locktype = 'advisory'
    and locks.granted
    and locks.objsubid = 1
    and locks.database = (select oid from pg_database where datname = current_database())
    and (cast(locks.classid as bigint) << 32) | cast(locks.objid as bigint) = {{ key }}
{%- endmacro %}
