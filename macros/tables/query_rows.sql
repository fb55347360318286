{#- The rows of a query as mappings by column name in lower case, since Snowflake returns upper case. -#}
{% macro query_rows(query) %}
    {%- set table = run_query(query) -%}
    {%- set names = table.column_names | map('lower') | list -%}
    {%- set rows = [] -%}
    {%- for row in table.rows -%}
        {%- do rows.append(dict(zip(names, row.values()))) -%}
    {%- endfor -%}
    {{ return(rows) }}
{% endmacro %}
