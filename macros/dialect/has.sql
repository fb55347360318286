{#- The condition that a list of texts holds a text. -#}
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
