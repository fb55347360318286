{#- Whether a view can be replaced in place by one with this query: the query has the view's columns, in the same order,
    and perhaps more after them. -#}
{% macro is_replaced_in_place(view, query) %}
    {#- DuckDB replaces any view. -#}
    {%- if target.type == 'duckdb' -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set present = adapter.get_columns_in_relation(view) -%}
    {%- set wanted = get_column_schema_from_query(query) -%}
    {%- if wanted | length < present | length -%}
        {{ return(false) }}
    {%- endif -%}
    {#- Redshift replaces a view only by one with the same columns. -#}
    {%- if target.type == 'redshift' and wanted | length != present | length -%}
        {{ return(false) }}
    {%- endif -%}
    {%- for column in present -%}
        {%- set other = wanted[loop.index0] -%}
        {%- if column.name | lower != other.name | lower -%}
            {{ return(false) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(true) }}
{% endmacro %}
