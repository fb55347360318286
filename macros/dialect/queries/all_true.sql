{#- Whether a boolean column is true in all rows of a group. -#}
{% macro all_true(column) -%}
    {{ return(adapter.dispatch('all_true', 'segctl')(column)) }}
{%- endmacro %}

{% macro default__all_true(column) -%}
    bool_and({{ column }})
{%- endmacro %}

{#- Snowflake has the aggregate under another name. -#}
{% macro snowflake__all_true(column) -%}
    booland_agg({{ column }})
{%- endmacro %}

{#- BigQuery has the aggregate under another name. -#}
{% macro bigquery__all_true(column) -%}
    logical_and({{ column }})
{%- endmacro %}
