{#- A column as text that sorts by code point, whatever the database's collation. -#}
{% macro text_order(column) -%}
    {{ return(adapter.dispatch('text_order', 'segctl')(column)) }}
{%- endmacro %}

{% macro default__text_order(column) -%}
    cast({{ column }} as {{ dbt.type_string() }})
{%- endmacro %}

{#- PostgreSQL sorts by the collation of the database. -#}
{% macro postgres__text_order(column) -%}
    cast({{ column }} as text) collate "C"
{%- endmacro %}

{#- Redshift sorts by code point, and knows no collation "C". -#}
{% macro redshift__text_order(column) -%}
    {{ segctl.default__text_order(column) }}
{%- endmacro %}
