{#- The time on the database's clock, in UTC without a zone. Only leases use it, so that the clocks of their holders do
    not matter. Runs are as of an instant (`as_of`). -#}
{% macro server_now() -%}
    {{ return(adapter.dispatch('server_now', 'segctl')()) }}
{%- endmacro %}

{% macro default__server_now() -%}
    {{ segctl.utc('current_timestamp') }}
{%- endmacro %}

{#- PostgreSQL's current_timestamp is the start of the transaction. -#}
{% macro postgres__server_now() -%}
    {{ segctl.utc('clock_timestamp()') }}
{%- endmacro %}

{#- Redshift's current_timestamp cannot be used on tables; getdate is in UTC unless the session says otherwise. -#}
{% macro redshift__server_now() -%}
    getdate()
{%- endmacro %}
