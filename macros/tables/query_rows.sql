{#- The rows of a query, each by the names of its columns in lower case: Snowflake tells them in capitals. -#}
{% macro query_rows(query) %}
    {%- set found = run_query(query) -%}
    {%- set names = found.column_names | map('lower') | list -%}
    {%- set told = [] -%}
    {%- for row in found.rows -%}
        {%- do told.append(dict(zip(names, row.values()))) -%}
    {%- endfor -%}
    {{ return(told) }}
{% endmacro %}
