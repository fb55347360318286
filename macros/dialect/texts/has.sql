{#- The condition that a list of text holds a value. -#}
{% macro has(column, value) -%}
    {{ return(adapter.dispatch('has', 'segctl')(column, value)) }}
{%- endmacro %}

{% macro default__has(column, value) -%}
    array_contains({{ column }}, {{ segctl.text(value) }})
{%- endmacro %}

{% macro duckdb__has(column, value) -%}
    list_contains({{ column }}, {{ segctl.text(value) }})
{%- endmacro %}

{#- NULL, not false, for a list that has a NULL in it and not the text. -#}
{% macro postgres__has(column, value) -%}
    coalesce({{ segctl.text(value) }} = any({{ column }}), false)
{%- endmacro %}

{#- NULL, not false, for a list that has a NULL in it and not the text. -#}
{% macro spark__has(column, value) -%}
    coalesce(array_contains({{ column }}, {{ segctl.text(value) }}), false)
{%- endmacro %}

{#- In Snowflake the value comes first, and list elements are variants. -#}
{% macro snowflake__has(column, value) -%}
    coalesce(array_contains(to_variant({{ segctl.text(value) }}), {{ column }}), false)
{%- endmacro %}

{#- BigQuery has an operator for it. -#}
{% macro bigquery__has(column, value) -%}
    coalesce({{ segctl.text(value) }} in unnest({{ column }}), false)
{%- endmacro %}

{#- Redshift has no lists. -#}
{% macro redshift__has(column, value) -%}
    {{ segctl.redshift__list_column(column, column) }}
{%- endmacro %}

{#- NULL, not false, for a list that has a NULL in it and not the text. -#}
{% macro trino__has(column, value) -%}
    coalesce(contains({{ column }}, {{ segctl.text(value) }}), false)
{%- endmacro %}
