{#- The table that records, for each delivery and segment, the last run whose changes have been sent. It is in the
    schema of segment_runs, so that it outlives the machine that sends, and holds no keys. `segctl deliver` creates and
    writes it; no run and no history depends on it. -#}
{% macro deliveries_table() %}
    {%- if not execute -%}
        {{ return(api.Relation.create(identifier='segment_deliveries')) }}
    {%- endif -%}
    {%- set node = segctl.segment_model('segment_runs') -%}
    {%- if not node -%}
        {%- do segctl.refuse('missing-model', "this project has no model segment_runs: segctl render writes it") -%}
    {%- endif -%}
    {{ return(api.Relation.create(
        database=node.database, schema=node.schema, identifier='segment_deliveries', type='table'
    )) }}
{% endmacro %}

{#- The columns of the table with their types. `is_begun` marks a delivery that has not sent all members as of `as_of`
    yet. -#}
{% macro deliveries_columns() %}
    {%- set text, instant = dbt.type_string(), segctl.timestamp_type() -%}
    {{ return({
        'delivery': text, 'segment': text, 'is_begun': 'boolean', 'run_id': text, 'as_of': instant, 'invocation_id': text,
        'noted_at': instant
    }) }}
{% endmacro %}

{#- For `dbt run-operation`: creates segment_deliveries unless it exists. -#}
{% macro create_deliveries_table() %}
    {%- if not segctl.existing_deliveries_table() -%}
        {%- set table = segctl.deliveries_table() -%}
        {%- do adapter.dispatch('in_one_transaction', 'segctl')([segctl.create_recorded(table, segctl.empty_deliveries())]) -%}
    {%- endif -%}
{% endmacro %}

{#- The table if it exists, else none. -#}
{% macro existing_deliveries_table() %}
    {%- set table = segctl.deliveries_table() -%}
    {{ return(adapter.get_relation(database=table.database, schema=table.schema, identifier=table.identifier)
        if execute else none) }}
{% endmacro %}

{#- A query of the rows of segment_deliveries; of no rows while it does not exist. -#}
{% macro deliveries() -%}
    {%- if segctl.existing_deliveries_table() -%}
select {{ segctl.deliveries_columns() | join(', ') }} from {{ segctl.deliveries_table() }}
    {%- else -%}
{{ segctl.empty_deliveries() }}
    {%- endif -%}
{%- endmacro %}

{% macro empty_deliveries() -%}
select
    {%- for column, type in segctl.deliveries_columns().items() %}
    cast(null as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
{{ segctl.no_rows() }}
{%- endmacro %}
