{#- For `dbt run-operation`: runs statements, which may hold Jinja, in one transaction where the engine has them. -#}
{% macro run_statements(statements) %}
    {%- set rendered = [] -%}
    {%- for statement in statements -%}
        {%- do rendered.append(render(statement)) -%}
    {%- endfor -%}
    {%- do adapter.dispatch('in_one_transaction', 'segctl')(rendered) -%}
{% endmacro %}

{% macro default__in_one_transaction(statements) %}
    {%- do run_query('begin; ' ~ statements | join('; ') ~ '; commit') -%}
{% endmacro %}

{#- DuckDB does not nest transactions, and dbt may have begun one for a look-up. -#}
{% macro duckdb__in_one_transaction(statements) %}
    {%- for text in statements -%}
        {% call statement(auto_begin=true) %}{{ text }}{% endcall %}
    {%- endfor -%}
    {%- if statements -%}
        {%- do adapter.commit() -%}
    {%- endif -%}
{% endmacro %}

{#- PostgreSQL's driver begins a transaction with the first statement and does not notice its end. So another one is
    begun; otherwise the rest of the model would run in none. -#}
{% macro postgres__in_one_transaction(statements) %}
    {%- do run_query(statements | join('; ') ~ '; commit; begin') -%}
{% endmacro %}

{#- Redshift differs from PostgreSQL: its driver may commit each statement. -#}
{% macro redshift__in_one_transaction(statements) %}
    {%- do segctl.default__in_one_transaction(statements) -%}
{% endmacro %}

{#- BigQuery cannot create tables in a transaction. An interrupted step that creates some is repeated. -#}
{% macro bigquery__in_one_transaction(statements) %}
    {%- if statements and statements[0].lower().startswith(('create', 'alter', 'drop')) -%}
        {%- do run_query(statements | join('; ')) -%}
    {%- else -%}
        {%- do run_query('begin transaction; ' ~ statements | join('; ') ~ '; commit transaction') -%}
    {%- endif -%}
{% endmacro %}

{#- Trino's connectors commit each statement. The order of the statements keeps readers from seeing a wrong state. -#}
{% macro trino__in_one_transaction(statements) %}
    {%- do segctl.spark__in_one_transaction(statements) -%}
{% endmacro %}

{#- Spark has no transactions. The order of the statements keeps readers from seeing a wrong state. -#}
{% macro spark__in_one_transaction(statements) %}
    {%- for text in statements -%}
        {% call statement() %}{{ text }}{% endcall %}
    {%- endfor -%}
{% endmacro %}
