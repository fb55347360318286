{#- A lease: a row that says who changes our tables, and until when nobody else may. A program that dies cannot let go of it, so
    that it ends by itself; one that lives renews it. All instants are those of the database's clock. -#}

{#- How long a lease is, in minutes: longer than the longest model of ours takes. -#}
{% macro lease_minutes() %}
    {{ return(var('segctl_lease_minutes', 30) | int) }}
{% endmacro %}

{#- Who has the lease, none when the table has no row. `is_fresh` says that it need not be renewed yet. -#}
{% macro lease(table, owner) %}
    {%- set minutes = segctl.lease_minutes() -%}
    {%- set asked -%}
        select
            case when owner = '{{ owner }}' then 1 else 0 end as is_own,
            case when expires_at > {{ segctl.server_now() }} then 1 else 0 end as is_live,
            case
                when expires_at > {{ segctl.minutes_later(segctl.server_now(), minutes - minutes // 6) }} then 1
                else 0
            end as is_fresh,
            command,
            host,
            {{ segctl.timestamp_text('taken_at') }} as since,
            {{ segctl.timestamp_text('expires_at') }} as until
        from {{ table }}
        order by is_own
    {%- endset -%}
    {{ return(segctl.query_rows(asked) | first) }}
{% endmacro %}

{#- Takes the lease, or refuses to go on because another has it. -#}
{% macro take_lease(owner, command, host) %}
    {%- do adapter.dispatch('take_lease', 'segctl')(owner, command, host) -%}
{% endmacro %}

{#- One statement looks whether the lease has ended and takes it. Of two at once a database that locks rows or tables makes the
    second wait, and then see the first; one that does not (Iceberg, Delta, BigQuery) stops it for the conflict. Reading
    who has won then tells the same everywhere. -#}
{% macro default__take_lease(owner, command, host) %}
    {%- set table = segctl.lock_table() -%}
    {%- do segctl.make_lock_table(table) -%}
    {%- set taken -%}
        update {{ table }}
        set
            owner = '{{ owner }}',
            command = '{{ command }}',
            host = '{{ segctl.plain_name(host) }}',
            taken_at = {{ segctl.server_now() }},
            expires_at = {{ segctl.minutes_later(segctl.server_now(), segctl.lease_minutes()) }}
        where expires_at <= {{ segctl.server_now() }}
    {%- endset -%}
    {%- do segctl.change_lease(taken) -%}
    {%- set found = segctl.lease(table, owner) -%}
    {%- if not found -%}
        {%- do segctl.refuse(
            'lock-row-missing',
            table ~ " has lost its row: drop that table, and the next run makes it anew"
        ) -%}
    {%- endif -%}
    {%- if not found.is_own -%}
        {%- do segctl.refuse_leased(found) -%}
    {%- endif -%}
{% endmacro %}

{#- The lock that segctl holds is seen by whoever takes its place for a moment: until what is written is committed. dbt runs hooks
    outside of transactions. -#}
{% macro postgres__take_lease(owner, command, host) %}
    {%- do run_query('begin') -%}
    {%- do segctl.take_session_lock('pg_try_advisory_xact_lock', command, host) -%}
    {%- do segctl.default__take_lease(owner, command, host) -%}
{% endmacro %}

{#- Redshift has no advisory locks. -#}
{% macro redshift__take_lease(owner, command, host) %}
    {%- do segctl.default__take_lease(owner, command, host) -%}
{% endmacro %}

{#- DuckDB lets one process write its file, and as many builds as that one begins come one after another. -#}
{% macro duckdb__take_lease(owner, command, host) %}
{% endmacro %}

{#- Makes a lease last again if it has to, and gives back whether it had to; stops when another has taken it. One that has
    ended, and that nobody has taken since, is as good as one that has not. -#}
{% macro renew_lease(table, owner) %}
    {%- set found = segctl.lease(table, owner) -%}
    {%- set is_due = found and found.is_own and not found.is_fresh -%}
    {%- if is_due -%}
        {%- set renewed -%}
            update {{ table }}
            set expires_at = {{ segctl.minutes_later(segctl.server_now(), segctl.lease_minutes()) }}
            where owner = '{{ owner }}'
        {%- endset -%}
        {%- do segctl.change_lease(renewed) -%}
        {%- set found = segctl.lease(table, owner) -%}
    {%- endif -%}
    {%- if not found or not found.is_own -%}
        {%- do segctl.refuse(
            'lock-lost',
            "this run does not hold the lock on its tables any more: "
            ~ (segctl.holder(found.command, found.host, found.since) if found and found.is_live else "it was let go of")
        ) -%}
    {%- endif -%}
    {{ return(is_due) }}
{% endmacro %}

{#- Changes the row at once, for all to see, whether dbt has begun a transaction or not. -#}
{% macro change_lease(update) %}
    {% call statement('lease') %}{{ update }}{% endcall %}
    {%- do adapter.commit() -%}
{% endmacro %}

{#- Lets go of a lease: of one owner's, or of anybody's. -#}
{% macro end_lease(table, owner=none) %}
    {%- set ended -%}
        update {{ table }}
        set
            owner = '',
            expires_at = {{ segctl.server_now() }}
        where {{ "owner = '" ~ owner ~ "'" if owner else "expires_at > " ~ segctl.server_now() }}
    {%- endset -%}
    {%- do segctl.change_lease(ended) -%}
{% endmacro %}

{#- What is ours of a name from outside, which is to stand in a text of SQL. -#}
{% macro plain_name(name) %}
    {{ return(modules.re.sub('[^A-Za-z0-9._-]', '', name)) }}
{% endmacro %}
