{#- Stops because another program holds the lease, and says what to do if it is dead. -#}
{% macro refuse_leased(lease) %}
    {%- do segctl.refuse(
        'locked',
        "another program is changing these tables: " ~ segctl.lock_holder(lease.command, lease.host, lease.since)
        ~ ", with a lease until " ~ lease.until[:19] ~ " UTC"
        ~ " (if it is dead: dbt run-operation segctl.release_lock)"
    ) -%}
{% endmacro %}

{#- The holder of a lock, and since when, in words. -#}
{% macro lock_holder(command, host, since=none) %}
    {{ return(command ~ (' on ' ~ host if host else '') ~ (' since ' ~ (since | string)[:19] ~ ' UTC' if since else '')) }}
{% endmacro %}
