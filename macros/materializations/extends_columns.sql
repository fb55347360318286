{#- Whether a query has the columns of a relation, in their order and of their types, and perhaps more after them. -#}
{% macro extends_columns(relation, sql) %}
    {%- set present = adapter.get_columns_in_relation(relation) -%}
    {%- set wanted = get_column_schema_from_query(sql) -%}
    {%- if wanted | length < present | length -%}
        {{ return(false) }}
    {%- endif -%}
    {#- Redshift replaces a view in place only by one of the same columns. -#}
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
