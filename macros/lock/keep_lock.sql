{#- Locks our tables for an invocation of dbt that builds them. When segctl has started it, checks that segctl holds the
    lock (the environment variable SEGCTL_LOCK, from `take_lock`). -#}
{% macro lock_build() %}
    {%- if env_var('SEGCTL_LOCK', '') -%}
        {%- do segctl.keep_lock() -%}
    {%- else -%}
        {%- do segctl.take_lease(invocation_id, 'dbt ' ~ flags.WHICH, env_var('HOSTNAME', '')) -%}
    {%- endif -%}
{% endmacro %}

{#- Unlocks our tables at the end of the invocation, however it went. -#}
{% macro unlock_build() %}
    {%- if not env_var('SEGCTL_LOCK', '') -%}
        {%- do adapter.dispatch('give_back_lock', 'segctl')('') -%}
    {%- endif -%}
{% endmacro %}

{#- Stops unless this invocation holds the lock, and renews a lease; returns whether it had to. -#}
{% macro keep_lock() %}
    {{ return(adapter.dispatch('keep_lock', 'segctl')(env_var('SEGCTL_LOCK', ''))) }}
{% endmacro %}

{% macro default__keep_lock(held) %}
    {%- set owner, table = held.split(' ', 1) if held else (invocation_id, segctl.lock_table()) -%}
    {{ return(segctl.renew_lease(table, owner)) }}
{% endmacro %}

{#- A closed connection has released segctl's lock. -#}
{% macro postgres__keep_lock(held) %}
    {%- if not held -%}
        {{ return(segctl.default__keep_lock(held)) }}
    {%- endif -%}
    {%- set session, key = held.split(' ') -%}
    {%- set holder = segctl.lock_session(key) -%}
    {%- if not holder or holder.pid != session | int -%}
        {%- do segctl.refuse(
            'lock-lost',
            "this run does not hold the lock on its tables any more: its connection has been closed"
        ) -%}
    {%- endif -%}
    {{ return(false) }}
{% endmacro %}

{% macro redshift__keep_lock(held) %}
    {{ return(segctl.default__keep_lock(held)) }}
{% endmacro %}

{% macro duckdb__keep_lock(held) %}
    {{ return(false) }}
{% endmacro %}

{#- Does the same as one of our models begins. -#}
{% macro keep_lock_during_build() %}
    {%- do adapter.dispatch('keep_lock_during_build', 'segctl')() -%}
{% endmacro %}

{#- A statement costs some engines a second, so the lease is not renewed at first. Of two models that renew it at once,
    some engines stop one for the conflict; the models named here never run at the same time. -#}
{% macro default__keep_lock_during_build() %}
    {%- set seconds = (modules.datetime.datetime.now(modules.pytz.utc) - run_started_at).total_seconds() -%}
    {%- if model.name in ('customer_features', 'run_sizes', 'segment_stays', 'segment_runs')
        and seconds > segctl.lease_minutes() * 10 -%}
        {%- do segctl.keep_lock() -%}
    {%- endif -%}
{% endmacro %}

{#- A query without effect costs PostgreSQL nothing. After a commit, psycopg2, which did not send it, still assumes the
    transaction. -#}
{% macro postgres__keep_lock_during_build() %}
    {%- if segctl.keep_lock() -%}
        {%- do run_query('begin') -%}
    {%- endif -%}
{% endmacro %}

{% macro redshift__keep_lock_during_build() %}
    {%- do segctl.default__keep_lock_during_build() -%}
{% endmacro %}
