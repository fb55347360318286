{#- The median of a decimal(28, 6) column with six places; for an even number of rows, the middle of the two. -#}
{% macro median(column) -%}
    {{ return(adapter.dispatch('median', 'segctl')(column)) }}
{%- endmacro %}

{% macro default__median(column) -%}
    cast(percentile_cont(0.5) within group (order by {{ column }}) as decimal(28, 6))
{%- endmacro %}

{% macro duckdb__median(column) -%}
    cast(median({{ column }}) as decimal(28, 6))
{%- endmacro %}

{#- BigQuery and Trino have no exact median among their aggregates. -#}
{% macro bigquery__median(column) -%}
    cast(approx_quantiles({{ column }}, 1000)[offset(500)] as bignumeric)
{%- endmacro %}

{% macro trino__median(column) -%}
    cast(approx_percentile(cast({{ column }} as double), 0.5) as decimal(28, 6))
{%- endmacro %}
