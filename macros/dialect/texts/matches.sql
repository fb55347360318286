{#- The condition that a text column contains a match of a pattern, in which `$` matches only the end and `\$` is a
    dollar. -#}
{% macro matches(column, pattern) -%}
    {{ return(adapter.dispatch('matches', 'segctl')(column, pattern)) }}
{%- endmacro %}

{% macro default__matches(column, pattern) -%}
    {{ column }} ~ {{ segctl.text(pattern) }}
{%- endmacro %}

{#- In DuckDB `~` matches the whole text. -#}
{% macro duckdb__matches(column, pattern) -%}
    regexp_matches({{ column }}, {{ segctl.text(pattern) }})
{%- endmacro %}

{% macro spark__matches(column, pattern) -%}
    {{ column }} rlike {{ segctl.text(segctl.java_pattern(pattern)) }}
{%- endmacro %}

{#- In Snowflake `regexp_like` matches the whole text. -#}
{% macro snowflake__matches(column, pattern) -%}
    regexp_instr({{ column }}, {{ segctl.text(pattern) }}) > 0
{%- endmacro %}

{#- BigQuery has a function for it. -#}
{% macro bigquery__matches(column, pattern) -%}
    regexp_contains({{ column }}, {{ segctl.text(pattern) }})
{%- endmacro %}

{#- Trino has a function for it, which reads patterns as Java does. -#}
{% macro trino__matches(column, pattern) -%}
    regexp_like({{ column }}, {{ segctl.text(segctl.java_pattern(pattern)) }})
{%- endmacro %}
