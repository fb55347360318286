{#- The condition that a pattern is found in a text column. In the pattern `$` stands for the end alone, a dollar is `\$`. -#}
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
    {{ column }} rlike {{ segctl.text(segctl.java_pattern(pattern)) }}
{%- endmacro %}

{#- In Snowflake `regexp_like` wants the whole text to match. -#}
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
