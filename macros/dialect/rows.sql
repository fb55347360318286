{#- A step of literal rows: `rows_begin` with the name of the step and its columns, by name with what they hold (text, whole,
    share, instant or boolean); each row between `row_begins` and `row_ends`; then `rows_end`. -#}
{% macro rows_begin(step, columns) -%}
    {{ return(adapter.dispatch('rows_begin', 'segctl')(step, columns)) }}
{%- endmacro %}

{% macro default__rows_begin(step, columns) -%}
{{ step }} ({{ columns | join(', ') }}) as (
    values
{%- endmacro %}

{#- In Snowflake `values` is a table, not a query. -#}
{% macro snowflake__rows_begin(step, columns) -%}
{{ step }} (
    {{ columns | join(',\n    ') }}
) as (
    select *
    from values
{%- endmacro %}

{#- BigQuery has no `values`, and no names of columns before a step's query. -#}
{% macro bigquery__rows_begin(step, columns) -%}
{%- set types = {'text': 'string', 'whole': 'int64', 'share': 'bignumeric', 'instant': 'datetime', 'boolean': 'bool'} -%}
{{ step }} as (
    select *
    from unnest(array<struct<
        {%- for name, kind in columns.items() %}
        {{ name }} {{ types[kind] }}{{ ',' if not loop.last }}
        {%- endfor %}
    >>[
{%- endmacro %}

{#- Redshift has `values` for inserts only. -#}
{% macro redshift__rows_begin(step, columns) -%}
{{ step }} (
    {{ columns | join(',\n    ') }}
) as (
{%- endmacro %}

{% macro row_begins() -%}
    {{ return(adapter.dispatch('row_begins', 'segctl')()) }}
{%- endmacro %}

{% macro default__row_begins() -%}
    (
{%- endmacro %}

{#- Redshift has `values` for inserts only. -#}
{% macro redshift__row_begins() -%}
    {{ 'select ' }}
{%- endmacro %}

{% macro row_ends(last=false) -%}
    {{ return(adapter.dispatch('row_ends', 'segctl')(last)) }}
{%- endmacro %}

{% macro default__row_ends(last) -%}
    ){{ ',' if not last }}
{%- endmacro %}

{#- Redshift has `values` for inserts only. -#}
{% macro redshift__row_ends(last) -%}
    {{ ' union all' if not last }}
{%- endmacro %}

{% macro rows_end() -%}
    {{ return(adapter.dispatch('rows_end', 'segctl')()) }}
{%- endmacro %}

{% macro default__rows_end() -%}
)
{%- endmacro %}

{#- BigQuery's rows are an array. -#}
{% macro bigquery__rows_end() -%}
    ])
)
{%- endmacro %}
