{#- A lease: one row that says who may change our tables, and until when. A program that dies cannot release it, so it
    expires; one that lives renews it. All instants are by the database's clock. -#}

{#- The length of a lease in minutes, longer than our longest model takes. -#}
{% macro lease_minutes() %}
    {{ return(var('segctl_lease_minutes', 30) | int) }}
{% endmacro %}

{#- The holder of the lease; none when the table has no row. `is_fresh` means that it need not be renewed yet. -#}
{% macro lease(table, owner) %}
    {%- set minutes = segctl.lease_minutes() -%}
    {%- set query -%}
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
    {{ return(segctl.query_rows(query) | first) }}
{% endmacro %}

{#- Takes the lease, or stops because another program holds it. -#}
{% macro take_lease(owner, command, host) %}
    {%- do adapter.dispatch('take_lease', 'segctl')(owner, command, host) -%}
{% endmacro %}

{#- One statement checks that the lease has expired and takes it. When two run at once, a database that locks rows or
    tables lets the second wait and see the first; one that does not (Iceberg, Delta, BigQuery) stops it for the
    conflict. Reading the row then tells the winner on every engine. -#}
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
    {%- set lease = segctl.lease(table, owner) -%}
    {%- if not lease -%}
        {%- do segctl.refuse(
            'lock-row-missing',
            table ~ " has lost its row: drop that table, and the next run makes it anew"
        ) -%}
    {%- endif -%}
    {%- if not lease.is_own -%}
        {%- do segctl.refuse_leased(lease) -%}
    {%- endif -%}
{% endmacro %}

{#- Takes segctl's lock for a moment, so that each sees the other, until the lease is committed. dbt runs hooks outside
    of transactions. -#}
{% macro postgres__take_lease(owner, command, host) %}
    {%- do run_query('begin') -%}
    {%- do segctl.take_session_lock('pg_try_advisory_xact_lock', command, host) -%}
    {%- do segctl.default__take_lease(owner, command, host) -%}
{% endmacro %}

{#- Redshift has no advisory locks. -#}
{% macro redshift__take_lease(owner, command, host) %}
    {%- do segctl.default__take_lease(owner, command, host) -%}
{% endmacro %}

{#- DuckDB lets one process write its file, and that process builds one after another. -#}
{% macro duckdb__take_lease(owner, command, host) %}
{% endmacro %}

{#- Renews a lease when it is due, and returns whether it was; stops when another program has taken it. An expired lease
    that nobody has taken still counts. -#}
{% macro renew_lease(table, owner) %}
    {%- set lease = segctl.lease(table, owner) -%}
    {%- set is_due = lease and lease.is_own and not lease.is_fresh -%}
    {%- if is_due -%}
        {%- set renewed -%}
            update {{ table }}
            set expires_at = {{ segctl.minutes_later(segctl.server_now(), segctl.lease_minutes()) }}
            where owner = '{{ owner }}'
        {%- endset -%}
        {%- do segctl.change_lease(renewed) -%}
        {%- set lease = segctl.lease(table, owner) -%}
    {%- endif -%}
    {%- if not lease or not lease.is_own -%}
        {%- do segctl.refuse(
            'lock-lost',
            "this run does not hold the lock on its tables any more: "
            ~ (segctl.lock_holder(lease.command, lease.host, lease.since) if lease and lease.is_live else "it was let go of")
        ) -%}
    {%- endif -%}
    {{ return(is_due) }}
{% endmacro %}

{#- Changes the row for all to see at once, whether dbt has begun a transaction or not. -#}
{% macro change_lease(update) %}
    {% call statement('lease') %}{{ update }}{% endcall %}
    {%- do adapter.commit() -%}
{% endmacro %}

{#- Releases the lease of one owner, or of anyone. -#}
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

{#- The characters of an outside name that are safe in SQL text. -#}
{% macro plain_name(name) %}
    {{ return(modules.re.sub('[^A-Za-z0-9._-]', '', name)) }}
{% endmacro %}
