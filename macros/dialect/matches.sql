{#- The condition that a regular expression is found in a text column. -#}
{% macro matches(column, pattern) -%}
    {{ return(adapter.dispatch('matches', 'segctl')(column, pattern)) }}
{%- endmacro %}

{% macro default__matches(column, pattern) -%}
    {{ column }} ~ {{ segctl.text(pattern) }}
{%- endmacro %}

{#- In DuckDB `~` wants the whole text to match. -#}
{% macro duckdb__matches(column, pattern) -%}
    regexp_matches({{ column }}, {{ segctl.text(pattern) }})
{%- endmacro %}

{% macro spark__matches(column, pattern) -%}
    {{ column }} rlike {{ segctl.text(pattern) }}
{%- endmacro %}
