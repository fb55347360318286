{#- Refuses to go on because of who has the lease, in one line, with what to do when they are dead. -#}
{% macro refuse_leased(found) %}
    {%- do segctl.refuse(
        'locked',
        "another program is changing these tables: " ~ segctl.holder(found.command, found.host, found.since)
        ~ ", with a lease until " ~ found.until[:19] ~ " UTC"
        ~ " (if it is dead: dbt run-operation segctl.release_lock)"
    ) -%}
{% endmacro %}

{#- Who holds a lock, and since when, as a person reads it. -#}
{% macro holder(command, host, since=none) %}
    {{ return(command ~ (' on ' ~ host if host else '') ~ (' since ' ~ (since | string)[:19] ~ ' UTC' if since else '')) }}
{% endmacro %}
