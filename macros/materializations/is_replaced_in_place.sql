{#- Whether a view can be replaced in place by one of a query: when this has the columns of the view, in their order and of their
    names, and perhaps more after them. -#}
{% macro is_replaced_in_place(view, query) %}
    {#- DuckDB replaces each view by each. -#}
    {%- if target.type == 'duckdb' -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set present = adapter.get_columns_in_relation(view) -%}
    {%- set wanted = get_column_schema_from_query(query) -%}
    {%- if wanted | length < present | length -%}
        {{ return(false) }}
    {%- endif -%}
    {#- Redshift replaces a view only by one of the same columns. -#}
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
