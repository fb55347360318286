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

{#- DuckDB begins no transaction within another, and dbt may have begun one to look something up. -#}
{% macro duckdb__in_one_transaction(statements) %}
    {%- for one in statements -%}
        {% call statement(auto_begin=true) %}{{ one }}{% endcall %}
    {%- endfor -%}
    {%- if statements -%}
        {%- do adapter.commit() -%}
    {%- endif -%}
{% endmacro %}

{#- PostgreSQL's driver begins a transaction with the first statement, and does not see that one ends: another is begun, or
    what comes after in the same model would be in none. -#}
{% macro postgres__in_one_transaction(statements) %}
    {%- do run_query(statements | join('; ') ~ '; commit; begin') -%}
{% endmacro %}

{#- Redshift is not PostgreSQL here: its driver may be told to commit each statement. -#}
{% macro redshift__in_one_transaction(statements) %}
    {%- do segctl.default__in_one_transaction(statements) -%}
{% endmacro %}

{#- BigQuery makes no tables in a transaction; where some are made, what is cut off is begun anew. -#}
{% macro bigquery__in_one_transaction(statements) %}
    {%- if statements and statements[0].lower().startswith(('create', 'alter', 'drop')) -%}
        {%- do run_query(statements | join('; ')) -%}
    {%- else -%}
        {%- do run_query('begin transaction; ' ~ statements | join('; ') ~ '; commit transaction') -%}
    {%- endif -%}
{% endmacro %}

{#- Trino's connectors commit each statement: one after the other, in an order in which a reader sees nothing wrong in between. -#}
{% macro trino__in_one_transaction(statements) %}
    {%- do segctl.spark__in_one_transaction(statements) -%}
{% endmacro %}

{#- Spark has no transactions: one after the other, in an order in which a reader sees nothing wrong in between. -#}
{% macro spark__in_one_transaction(statements) %}
    {%- for one in statements -%}
        {% call statement() %}{{ one }}{% endcall %}
    {%- endfor -%}
{% endmacro %}
