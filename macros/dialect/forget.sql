{#- For `dbt run-operation`: what the engine can do so that deleted rows do not linger in its files. -#}
{% macro forget() %}
    {%- do adapter.dispatch('forget', 'segctl')() -%}
{% endmacro %}

{% macro default__forget() %}
{% endmacro %}

{#- A checkpoint rewrites the row groups that rows were deleted from, and empties the write-ahead log. -#}
{% macro duckdb__forget() %}
    {%- do run_query('checkpoint') -%}
{% endmacro %}
