{#- What the clock of the database shows, in UTC without a zone: leases alone go by it, so that the clocks of those who take
    them do not matter. Runs are as of an instant (`as_of`). -#}
{% macro server_now() -%}
    {{ return(adapter.dispatch('server_now', 'segctl')()) }}
{%- endmacro %}

{% macro default__server_now() -%}
    {{ segctl.utc('current_timestamp') }}
{%- endmacro %}

{#- PostgreSQL's current_timestamp is that of the beginning of the transaction. -#}
{% macro postgres__server_now() -%}
    {{ segctl.utc('clock_timestamp()') }}
{%- endmacro %}

{#- Redshift's current_timestamp cannot be used on tables; getdate is in UTC unless a session says otherwise. -#}
{% macro redshift__server_now() -%}
    getdate()
{%- endmacro %}
