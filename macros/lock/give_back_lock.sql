{#- Releases a lock that `take_lock` has taken. -#}
{% macro give_back_lock(held) %}
    {%- do adapter.dispatch('give_back_lock', 'segctl')(held) -%}
{% endmacro %}

{% macro default__give_back_lock(held) %}
    {%- set owner, table = held.split(' ', 1) if held else (invocation_id, segctl.lock_table()) -%}
    {%- do segctl.end_lease(table, owner) -%}
{% endmacro %}

{#- The server would release it by itself, a moment after the connection is closed. -#}
{% macro postgres__give_back_lock(held) %}
    {%- if held -%}
        {%- do run_query('select pg_advisory_unlock(' ~ held.split(' ')[1] ~ ')') -%}
    {%- else -%}
        {%- do segctl.default__give_back_lock(held) -%}
    {%- endif -%}
{% endmacro %}

{% macro redshift__give_back_lock(held) %}
    {%- do segctl.default__give_back_lock(held) -%}
{% endmacro %}

{#- DuckDB releases its file with the last connection. -#}
{% macro duckdb__give_back_lock(held) %}
{% endmacro %}
