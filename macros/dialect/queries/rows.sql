{#- A step of literal rows. `columns` maps names to types: text, whole, share, boolean, or ago (an instant before the
    run: count, unit and time zone). `rows` are mappings by column; a missing value is an empty text, false or NULL.
    Without rows, one row of these is made. -#}
{% macro rows(step, columns, rows) -%}
    {%- set texts = [] -%}
    {%- for row in rows -%}
        {%- for name, kind in columns.items() if kind == 'text' and name in row -%}
            {%- do texts.append(row[name]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set literals = segctl.texts(texts) -%}
    {#- Looked up once: asking for them in each row costs a run seconds. -#}
    {%- set types = {'whole': 'bigint', 'share': segctl.wide_decimal(), 'ago': segctl.timestamp_type()} -%}
    {%- set written = [] -%}
    {%- for row in rows or [{}] -%}
        {%- set values = [] -%}
        {%- for name, kind in columns.items() -%}
            {%- if kind == 'text' -%}
                {%- do values.append(literals[row[name]] if name in row else "''") -%}
            {%- elif kind == 'boolean' -%}
                {%- do values.append('true' if name in row and row[name] else 'false') -%}
            {%- elif kind == 'ago' and name in row -%}
                {%- do values.append(segctl.ago(row[name][0], row[name][1], row[name][2])) -%}
            {%- else -%}
                {%- do values.append('cast(' ~ (row[name] if name in row else 'null') ~ ' as ' ~ types[kind] ~ ')') -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do written.append(values | join(', ')) -%}
    {%- endfor -%}
    {{ return(adapter.dispatch('rows_of', 'segctl')(step, columns, written)) }}
{%- endmacro %}

{% macro default__rows_of(step, columns, rows) -%}
{{ step }} ({{ columns | join(', ') }}) as (
    values
    ({{ rows | join('),\n    (') }})
)
{%- endmacro %}

{#- In Snowflake `values` is a table, not a query. -#}
{% macro snowflake__rows_of(step, columns, rows) -%}
{{ step }} ({{ columns | join(', ') }}) as (
    select *
    from values
    ({{ rows | join('),\n    (') }})
)
{%- endmacro %}

{#- BigQuery has no `values`, and no names of columns before a step's query. -#}
{% macro bigquery__rows_of(step, columns, rows) -%}
{%- set types = {'text': 'string', 'whole': 'int64', 'share': 'bignumeric', 'ago': 'datetime', 'boolean': 'bool'} -%}
{{ step }} as (
    select *
    from unnest(array<struct<
        {%- for name, kind in columns.items() %}
        {{ name }} {{ types[kind] }}{{ ',' if not loop.last }}
        {%- endfor %}
    >>[
    ({{ rows | join('),\n    (') }})
    ])
)
{%- endmacro %}

{#- Redshift has `values` for inserts only. -#}
{% macro redshift__rows_of(step, columns, rows) -%}
{{ step }} ({{ columns | join(', ') }}) as (
    select {{ rows | join(' union all\n    select ') }}
)
{%- endmacro %}
