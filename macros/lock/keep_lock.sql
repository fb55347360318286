{#- What an invocation of dbt that builds our models begins with: it takes the lock, or sees that segctl, which has begun it, holds
    it (the environment variable SEGCTL_LOCK, which `take_lock` has given). -#}
{% macro lock_build() %}
    {%- if env_var('SEGCTL_LOCK', '') -%}
        {%- do segctl.keep_lock() -%}
    {%- else -%}
        {%- do segctl.take_lease(invocation_id, 'dbt ' ~ flags.WHICH, env_var('HOSTNAME', '')) -%}
    {%- endif -%}
{% endmacro %}

{#- And what it ends with, however it went. -#}
{% macro unlock_build() %}
    {%- if not env_var('SEGCTL_LOCK', '') -%}
        {%- do adapter.dispatch('give_back_lock', 'segctl')('') -%}
    {%- endif -%}
{% endmacro %}

{#- Stops unless this invocation holds the lock, and makes a lease last again; whether it has had to. -#}
{% macro keep_lock() %}
    {{ return(adapter.dispatch('keep_lock', 'segctl')(env_var('SEGCTL_LOCK', ''))) }}
{% endmacro %}

{% macro default__keep_lock(held) %}
    {%- set owner, table = held.split(' ', 1) if held else (invocation_id, segctl.lock_table()) -%}
    {{ return(segctl.renew_lease(table, owner)) }}
{% endmacro %}

{#- A connection that is gone has taken segctl's lock with it. -#}
{% macro postgres__keep_lock(held) %}
    {%- if not held -%}
        {{ return(segctl.default__keep_lock(held)) }}
    {%- endif -%}
    {%- set session, key = held.split(' ') -%}
    {%- set found = segctl.lock_session(key) -%}
    {%- if not found or found.pid != session | int -%}
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

{#- The same as a model of ours begins. -#}
{% macro keep_lock_during_build() %}
    {%- do adapter.dispatch('keep_lock_during_build', 'segctl')() -%}
{% endmacro %}

{#- A statement costs a second on some engines: for a while the lease is long enough. And of two that renew it at once some stop
    one for the conflict: those that do come one after another in every run. -#}
{% macro default__keep_lock_during_build() %}
    {%- set seconds = (modules.datetime.datetime.now(modules.pytz.utc) - run_started_at).total_seconds() -%}
    {%- if model.name in ('customer_features', 'run_sizes', 'segment_stays', 'segment_runs')
        and seconds > segctl.lease_minutes() * 10 -%}
        {%- do segctl.keep_lock() -%}
    {%- endif -%}
{% endmacro %}

{#- A query that finds nothing to do costs PostgreSQL nothing. After a commit psycopg2, which has not sent it, takes it for granted
    that the transaction goes on which it has begun. -#}
{% macro postgres__keep_lock_during_build() %}
    {%- if segctl.keep_lock() -%}
        {%- do run_query('begin') -%}
    {%- endif -%}
{% endmacro %}

{% macro redshift__keep_lock_during_build() %}
    {%- do segctl.default__keep_lock_during_build() -%}
{% endmacro %}
