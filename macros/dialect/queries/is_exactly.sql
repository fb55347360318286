{#- The test, after a condition, that it is true or false, and not NULL. -#}
{% macro is_exactly(value) -%}
    {{ return(adapter.dispatch('is_exactly', 'segctl')(value)) }}
{%- endmacro %}

{% macro default__is_exactly(value) -%}
    is {{ value }}
{%- endmacro %}

{#- Snowflake's `is` tests for NULL. -#}
{% macro snowflake__is_exactly(value) -%}
    is not distinct from {{ value }}
{%- endmacro %}

{#- Trino's `is` tests for NULL. -#}
{% macro trino__is_exactly(value) -%}
    is not distinct from {{ value }}
{%- endmacro %}
